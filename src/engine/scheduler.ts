import { problem } from '../errors.ts'
import { Alarm } from './alarm.ts'
import { Bindings } from './bindings.ts'
import type { Clock } from './clock.ts'
import { Costs } from './costs.ts'
import { Crossings } from './crossings.ts'
import { Departures } from './departures.ts'
import { Lane } from './lane.ts'
import { FIRST_ENGINE, FOLLOW, type Answer, type Request } from './messages.ts'
import { Pending, type Call } from './pending.ts'
import { Picker } from './picker.ts'
import { Waiting } from './waiting.ts'

/** Calls back for a request that cannot be sent. */
export type Refuse = (request: Request, error: unknown) => void

export interface SchedulerOptions {
  /** Hands a batch to an engine; calls `refuse` for a request that cannot be sent. */
  readonly send: (engine: number, batch: readonly Request[], refuse: Refuse) => void
  /** Told once when an engine has held a call past its deadline and the grace. */
  readonly onHang: (engine: number, call: Call) => void
  /** How many calls may wait for one model. */
  readonly queueLimit: number
  /** How many calls leave together. */
  readonly largestBatch: number
  /** Milliseconds that a call may run past its deadline before the engine counts as hung. */
  readonly graceMs: number
  readonly clock: Clock
}

/** Milliseconds that an engine may take to read a model anew. */
const FOLLOW_MS = 600_000

/**
 * Decides when calls go to the engines, and to which. Calls of a model leave in order of arrival; whenever an engine is free, what waits
 * leaves for it as one batch. A batch that can grow no more leaves while the engine works on the one before, so that it need not wait
 * for the next. Any engine may run an inference. The first runs all else; when it has changed a model, the others are told before the
 * change is answered.
 */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #lanes: Lane[] = []
  readonly #waiting: Waiting
  readonly #crossings = new Crossings()
  readonly #costs = new Costs()
  readonly #departures = new Departures()
  readonly #picker: Picker
  readonly #alarm: Alarm
  readonly #bindings = new Bindings()
  #draining: (() => Error) | undefined
  #nextId = 0
  #leaving = false
  #onIdle: Array<() => void> = []

  constructor (options: SchedulerOptions) {
    this.#options = options
    this.#waiting = new Waiting(options.queueLimit)
    this.#alarm = new Alarm(options.clock, () => { this.#wake() })
    const sources = { waiting: this.#waiting, crossings: this.#crossings, costs: this.#costs, departures: this.#departures }
    this.#picker = new Picker(sources, options.largestBatch)
  }

  get waiting (): number { return this.#waiting.size }
  /** Calls that engines have and have not answered. */
  get sent (): number { return this.#lanes.reduce((total, { size }) => total + size, 0) }
  get waitingByModel (): ReadonlyMap<string | null, number> { return this.#waiting.counts }
  get departures (): Departures { return this.#departures }
  /** The same of one engine. */
  sentTo (engine: number): number { return this.#lane(engine).size }

  /**
   * Runs a command on an engine and resolves with its output. Rejects with the error of the command, with `queue_full` at once, with
   * `deadline_exceeded` at the deadline, with what `close` was given when no engine is there, or with the reason of the signal.
   */
  call (call: Call): Promise<unknown> {
    const pending = this.#pending(call)
    if (this.#bindings.has(call.model)) pending.bind()
    const refusal = this.#refusal(pending)
    if (refusal !== undefined) pending.reject(refusal)
    else this.#enqueue(pending)
    return pending.promise
  }

  /** The error of calls of a model, while its queue is full. */
  fullness (model: string | null): Error | undefined {
    if (!this.#waiting.isFull(model)) return undefined
    return problem('queue_full', { model: model ?? '', limit: this.#options.queueLimit }, { retryAfter: 1 })
  }

  /** What an engine answered. Answers to calls that nobody waits for any more only make it free again. */
  receive (engine: number, answers: readonly Answer[]): void {
    const lane = this.#lane(engine)
    const answered = answers.map(({ id }) => lane.take(id))
    this.#costs.note(answers.map(({ us }, i) => ({ model: answered[i]?.call.model, us })))
    lane.progressAt = this.#now
    answers.forEach((answer, i) => { if (answered[i] !== undefined) this.#settle(lane, answered[i], answer) })
    this.#leave()
    this.#tellIdle()
  }

  /** Adds an engine that is not there yet; gives its number, from 0. */
  add (error: () => Error): number {
    const lane = new Lane(this.#lanes.length)
    lane.close(error)
    this.#lanes.push(lane)
    return lane.engine
  }

  /** The engine is there. */
  open (engine: number): void {
    this.#lane(engine).open()
    this.#leaveSoon()
  }

  /** The engine is gone: what it had rejects with a fresh `error()`, and so does what only it can run, now and until `open`. */
  close (engine: number, error: () => Error): void {
    const lost = this.#lane(engine).close(error)
    for (const pending of lost) this.#lose(pending, engine, error)
    for (const pending of [...this.#waiting]) {
      if (this.#unreachable(pending) === undefined) continue
      this.#waiting.remove(pending)
      pending.reject(error())
    }
    // What it saved last may not have been answered.
    if (engine === FIRST_ENGINE) this.#tell(null, () => {})
    if (this.#waiting.size === 0 && this.sent === 0) this.#alarm.clear()
    this.#leave()
    this.#tellIdle()
  }

  /** From now on calls reject with a fresh `error()`; those on their way are finished. Resolves when none is left. */
  drain (error: () => Error): Promise<void> {
    this.#draining = error
    return new Promise(resolve => {
      this.#onIdle.push(resolve)
      this.#tellIdle()
    })
  }

  get #now (): number { return this.#options.clock.now() }

  #lane (engine: number): Lane { return this.#lanes[engine] as Lane }

  #pending (call: Call): Pending {
    return new Pending(this.#nextId++, call, this.#now, pending => { this.#forget(pending) })
  }

  #enqueue (pending: Pending): void {
    this.#waiting.add(pending)
    this.#alarm.by(pending.call.deadline)
    if (this.#canTakeMore && this.#picker.isLong) this.#leave()
    else this.#leaveSoon()
  }

  #refusal (pending: Pending): unknown {
    const { signal, deadline, model } = pending.call
    if (signal?.aborted === true) return signal.reason
    if (this.#draining !== undefined) return this.#draining()
    const unreachable = this.#unreachable(pending)
    if (unreachable !== undefined) return unreachable
    if (deadline <= this.#now) return problem('deadline_exceeded', { ms: 0 })
    return this.fullness(model)
  }

  /** The error of an engine that is not there, where no other can run the call. */
  #unreachable ({ engine }: Pending): Error | undefined {
    if (engine !== undefined) return this.#lane(engine).error
    return this.#lanes.some(({ isOpen }) => isOpen) ? undefined : this.#lane(FIRST_ENGINE).error
  }

  #settle (lane: Lane, pending: Pending, answer: Answer): void {
    if ('error' in answer && answer.error.code === 'first_engine_only') this.#bind(pending, lane)
    else if ('changed' in answer && pending.call.model !== null) this.#tell(pending.call.model, () => { this.#finish(pending, lane, answer) })
    else this.#finish(pending, lane, answer)
  }

  #finish (pending: Pending, { engine }: Lane, answer: Answer): void {
    const { model, kind } = pending.call
    if (kind === 'mutate' || 'changed' in answer) this.#bindings.changed(model, kind)
    this.#crossings.arrive(pending, engine)
    pending.answer(answer)
  }

  /** Only the first engine can run it, so it goes there next. */
  #bind (pending: Pending, { engine }: Lane): void {
    this.#bindings.bind(pending.call.model)
    this.#crossings.arrive(pending, engine)
    if (pending.settled) return
    pending.bind()
    const gone = this.#unreachable(pending)
    if (gone === undefined) this.#waiting.putBack(pending)
    else pending.reject(gone)
  }

  /** Tells the other engines that a model changed; `done` runs when all of them know, or are gone. */
  #tell (model: string | null, done: () => void): void {
    const others = this.#lanes.filter(({ engine, isOpen }) => engine !== FIRST_ENGINE && isOpen)
    let left = others.length
    if (left === 0) return done()
    const told = (): void => {
      if (--left > 0) return
      done()
      this.#leaveSoon()
      this.#tellIdle()
    }
    for (const lane of others) {
      const notice = this.#pending({ operation: FOLLOW, kind: 'read', model: null, input: model, deadline: this.#now + FOLLOW_MS, engine: lane.engine })
      notice.promise.then(told, told)
      lane.notice(notice)
    }
    this.#leaveSoon()
  }

  #lose (pending: Pending, engine: number, error: () => Error): void {
    this.#crossings.arrive(pending, engine)
    pending.reject(error())
  }

  get #canTakeMore (): boolean { return this.#lanes.some(({ isFree, hasNothingAhead }) => isFree || hasNothingAhead) }

  /** Requests that arrive in the same turn of the event loop leave in the same batch, unless they are work enough before it ends. */
  #leaveSoon (): void {
    if (this.#leaving || !this.#canTakeMore) return
    this.#leaving = true
    setImmediate(() => {
      this.#leaving = false
      this.#leave()
    })
  }

  /** The first engine comes last: it is free for changes then. */
  #leave (): void {
    const lanes = this.#lanes.toReversed()
    for (const lane of lanes) {
      while (lane.isFree && this.#load(lane)) { /* until something was sent that can be */ }
    }
    for (const lane of lanes) if (lane.hasNothingAhead && this.#picker.isLong) this.#load(lane)
  }

  /** Sends what waits; false when nothing does. */
  #load (lane: Lane): boolean {
    const now = this.#now
    const notices = lane.takeNotices()
    const { batch: picked, dueAt } = this.#picker.pick(lane.engine, this.#share, now)
    this.#alarm.by(dueAt)
    const batch = [...notices, ...picked]
    if (batch.length === 0) return false
    lane.send(batch, now)
    this.#options.send(lane.engine, batch.map(({ request }) => request), (request, error) => { this.#refuse(lane, request, error) })
    return true
  }

  /** How many calls that any engine may run one takes at once: no more than its part of all, so that every engine has work. */
  get #share (): number {
    const open = this.#lanes.filter(({ isOpen }) => isOpen).length
    return Math.ceil((this.#waiting.size + this.sent) / open)
  }

  #refuse (lane: Lane, { id }: Request, error: unknown): void {
    const pending = lane.take(id)
    if (pending !== undefined) this.#lose(pending, lane.engine, () => error as Error)
  }

  #forget (pending: Pending): void {
    this.#waiting.remove(pending)
    this.#tellIdle()
  }

  #tellIdle (): void {
    if (this.#onIdle.length === 0 || this.#waiting.size > 0 || this.sent > 0) return
    for (const tell of this.#onIdle.splice(0)) tell()
  }

  #wake (): void {
    const now = this.#now
    for (const pending of [...this.#waiting]) {
      if (pending.expireBy(now)) this.#waiting.remove(pending)
      else this.#alarm.by(pending.call.deadline)
    }
    for (const lane of this.#lanes) this.#watch(lane, now)
    this.#leave()
    this.#tellIdle()
  }

  /** The oldest call was begun before its deadline, or is skipped; either way it is answered soon unless something holds the engine. */
  #watch (lane: Lane, now: number): void {
    for (const pending of lane) {
      if (!pending.settled && !pending.expireBy(now)) this.#alarm.by(pending.call.deadline)
    }
    const { oldest } = lane
    if (oldest === undefined) return
    const hangsAt = Math.max(oldest.call.deadline, lane.progressAt) + this.#options.graceMs
    if (now >= hangsAt) this.#options.onHang(lane.engine, oldest.call)
    else this.#alarm.by(hangsAt)
  }
}
