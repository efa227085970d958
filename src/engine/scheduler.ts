import { problem } from '../errors.ts'
import type { Clock } from './clock.ts'
import type { Answer, Request } from './messages.ts'
import { Pending, type Call } from './pending.ts'
import { Queue } from './queue.ts'

export interface SchedulerOptions {
  /** Hands a batch to the engine; calls `refuse` for a request that cannot be sent. */
  readonly send: (batch: readonly Request[], refuse: (request: Request, error: unknown) => void) => void
  /** Told once when the engine has held a call past its deadline and the grace. */
  readonly onHang: (call: Call) => void
  /** How many calls may wait for one model. */
  readonly queueLimit: number
  /** How many calls leave together. */
  readonly largestBatch: number
  /** Milliseconds that a call may run past its deadline before the engine counts as hung. */
  readonly graceMs: number
  readonly clock: Clock
}

/**
 * Decides when calls go to the engine. Calls wait in order of arrival; whenever the engine is free all that wait leave as one batch.
 * The engine works on a batch strictly in order, so the oldest call without an answer is the one it works on.
 */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #queue: Queue
  readonly #sent = new Map<number, Pending>()
  #unavailable: (() => Error) | undefined
  #nextId = 0
  #leaving = false
  #progressAt = 0
  #wakeAt = Infinity
  #cancelWake: (() => void) | undefined
  #onIdle: Array<() => void> = []

  constructor (options: SchedulerOptions) {
    this.#options = options
    this.#queue = new Queue(options.queueLimit)
  }

  get waiting (): number { return this.#queue.size }
  get sent (): number { return this.#sent.size }
  get waitingByModel (): ReadonlyMap<string | null, number> { return this.#queue.counts }

  /**
   * Runs a command on the engine and resolves with its output. Rejects with the error of the command, with `queue_full` at once, with
   * `deadline_exceeded` at the deadline, with what `close` was given when the engine is not there, or with the reason of the signal.
   */
  call (call: Call): Promise<unknown> {
    const refusal = this.#refusal(call)
    if (refusal !== undefined) return Promise.reject(refusal)
    const pending = new Pending(this.#nextId++, call, this.#now, pending => { this.#forget(pending) })
    this.#queue.add(pending)
    this.#wakeBy(call.deadline)
    this.#leaveSoon()
    return pending.promise
  }

  /** What the engine answered. Answers to calls that nobody waits for any more only make it free again. */
  receive (answers: readonly Answer[]): void {
    for (const answer of answers) {
      this.#sent.get(answer.id)?.answer(answer)
      this.#sent.delete(answer.id)
    }
    this.#progressAt = this.#now
    this.#leave()
    this.#tellIdle()
  }

  /** The engine is there. */
  open (): void { this.#unavailable = undefined }

  /** The engine is gone: every call on its way, and every later one until `open`, rejects with a fresh `error()`. */
  close (error: () => Error): void {
    this.#unavailable = error
    for (const pending of [...this.#sent.values(), ...this.#queue]) {
      this.#queue.remove(pending)
      pending.reject(error())
    }
    this.#sent.clear()
    this.#sleep()
    this.#tellIdle()
  }

  /** From now on calls reject with a fresh `error()`; those on their way are finished. Resolves when none is left. */
  drain (error: () => Error): Promise<void> {
    this.#unavailable = error
    return new Promise(resolve => {
      this.#onIdle.push(resolve)
      this.#tellIdle()
    })
  }

  get #now (): number { return this.#options.clock.now() }

  #refusal (call: Call): unknown {
    if (call.signal?.aborted === true) return call.signal.reason
    if (this.#unavailable !== undefined) return this.#unavailable()
    if (call.deadline <= this.#now) return problem('deadline_exceeded', { ms: 0 })
    if (!this.#queue.isFull(call.model)) return undefined
    return problem('queue_full', { model: call.model ?? '', limit: this.#options.queueLimit }, { retryAfter: 1 })
  }

  /** Requests that arrive in the same turn of the event loop leave in the same batch. */
  #leaveSoon (): void {
    if (this.#leaving || this.#sent.size > 0) return
    this.#leaving = true
    setImmediate(() => {
      this.#leaving = false
      this.#leave()
    })
  }

  #leave (): void {
    while (this.#sent.size === 0 && this.#queue.size > 0) {
      const now = this.#now
      const batch = this.#queue.take(this.#options.largestBatch).filter(pending => !expired(pending, now))
      for (const pending of batch) this.#sent.set(pending.id, pending)
      this.#progressAt = now
      if (batch.length > 0) this.#options.send(batch.map(pending => pending.request), (request, error) => { this.#refuse(request, error) })
    }
  }

  #refuse (request: Request, error: unknown): void {
    this.#sent.get(request.id)?.reject(error)
    this.#sent.delete(request.id)
  }

  #forget (pending: Pending): void {
    this.#queue.remove(pending)
    this.#tellIdle()
  }

  #tellIdle (): void {
    if (this.#sent.size > 0 || this.#queue.size > 0) return
    for (const tell of this.#onIdle.splice(0)) tell()
  }

  /** One timer serves all deadlines: it rings at the earliest, and is set again for the next. */
  #wakeBy (time: number): void {
    if (time >= this.#wakeAt) return
    this.#sleep()
    this.#wakeAt = time
    this.#cancelWake = this.#options.clock.after(time - this.#now, () => { this.#wake() })
  }

  #sleep (): void {
    this.#cancelWake?.()
    this.#cancelWake = undefined
    this.#wakeAt = Infinity
  }

  #wake (): void {
    this.#sleep()
    const now = this.#now
    for (const pending of [...this.#queue, ...this.#sent.values()]) {
      if (expired(pending, now)) this.#queue.remove(pending)
      else if (!pending.settled) this.#wakeBy(pending.call.deadline)
    }
    this.#watch(now)
    this.#tellIdle()
  }

  /** The oldest call was begun before its deadline, or is skipped; either way it is answered soon unless something holds the engine. */
  #watch (now: number): void {
    const [oldest] = this.#sent.values()
    if (oldest === undefined) return
    const hangsAt = Math.max(oldest.call.deadline, this.#progressAt) + this.#options.graceMs
    if (now >= hangsAt) this.#options.onHang(oldest.call)
    else this.#wakeBy(hangsAt)
  }
}

/** Settles a call whose deadline has passed. */
function expired (pending: Pending, now: number): boolean {
  if (pending.call.deadline > now) return false
  pending.expire()
  return true
}
