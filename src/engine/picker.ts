import type { Costs } from './costs.ts'
import type { Crossings } from './crossings.ts'
import type { Departures, Reason } from './departures.ts'
import type { ModelQueue } from './model-queue.ts'
import type { Pending } from './pending.ts'
import type { Waiting } from './waiting.ts'

/** Once so many milliseconds of work are picked, the rest waits: what arrives meanwhile may be more urgent, or of another model. */
const BUDGET_MS = 10
/**
 * A message may take twice as long as a call of its model alone, up to so many milliseconds: a batch may take no longer than a call, and
 * that is found out only by making it.
 */
const MOST_BUDGET_MS = 100
/** A call that takes longer waits for the engine to be free: what arrives meanwhile would wait for it, and there is little to gain. */
const MOST_AHEAD_MS = 50

/** With calls that take so many times as long as one alone, what one more message costs is little beside them. */
const LONG = 4

interface Sources {
  readonly waiting: Waiting
  readonly crossings: Crossings
  readonly costs: Costs
  readonly departures: Departures
}

export interface Picked {
  readonly batch: readonly Pending[]
  /** When a batch that waits for more rows leaves; Infinity when none does. */
  readonly dueAt: number
}

/** Picks what leaves for an engine that is free: model by model in turn, what may share a batch side by side. */
export class Picker {
  readonly #sources: Sources
  readonly #most: number
  #batch: Pending[] = []
  /** How many more calls that any engine may run. */
  #share = 0
  #ms = 0
  #budgetMs = BUDGET_MS
  #dueAt = Infinity

  constructor (sources: Sources, most: number) {
    this.#sources = sources
    this.#most = most
  }

  /** Takes calls out of those that wait, at most `share` of those that other engines may run, too. Those that have expired are settled. */
  pick (engine: number, share: number, now: number): Picked {
    this.#batch = []
    this.#share = share
    this.#ms = 0
    this.#budgetMs = BUDGET_MS
    this.#dueAt = Infinity
    for (const queue of this.#sources.waiting.turns()) {
      this.#group(queue, engine, now)
    }
    return { batch: this.#batch, dueAt: this.#dueAt }
  }

  /**
   * Whether so much waits of the model whose turn it is that joining more calls would save little, or that a message may hold no more. Then
   * it may leave while the engine works on another, and before all that has arrived is read.
   */
  get isLong (): boolean {
    const [queue] = this.#sources.waiting.turns()
    const first = queue?.head
    if (queue === undefined || first === undefined) return false
    const ms = this.#sources.costs.of(first)
    const work = ms * Math.min(queue.size, this.#most)
    return ms > 0 && ms <= MOST_AHEAD_MS && work >= Math.min(this.#budgetOf(first), LONG * this.#sources.costs.alone(first))
  }

  #budgetOf (first: Pending): number {
    return Math.max(BUDGET_MS, Math.min(2 * this.#sources.costs.alone(first), MOST_BUDGET_MS))
  }

  #hasRoom ({ engine }: Pending): boolean {
    const { length } = this.#batch
    return length < this.#most && (length === 0 || this.#ms < this.#budgetMs) && (engine !== undefined || this.#share > 0)
  }

  /** Takes the calls of one model. */
  #group (queue: ModelQueue, engine: number, now: number): void {
    const first = dropExpired(queue, this.#sources.waiting, now)
    if (first === undefined || !this.#mayLeave(first, engine)) return
    const reason = this.#reason(queue, first, now)
    if (reason === undefined) return
    if (this.#batch.length === 0) this.#budgetMs = this.#budgetOf(first)
    let next: Pending | undefined = first
    while (next !== undefined && this.#mayLeave(next, engine)) {
      this.#take(next, engine)
      next = dropExpired(queue, this.#sources.waiting, now)
    }
    if (first.isInference) this.#sources.departures.count(first.call.model, next?.isInference === true ? 'share' : reason)
    this.#sources.waiting.passTurn(first.call.model)
  }

  /** Why a batch that begins with `first` may leave; undefined while it waits for more rows. */
  #reason (queue: ModelQueue, { began, call: { batching } }: Pending, now: number): Reason | undefined {
    if (batching === undefined) return 'free'
    if (hasRows(queue, batching.rows)) return 'full'
    if (batching.delayMs === 0) return 'free'
    const dueAt = began + batching.delayMs
    if (dueAt <= now) return 'delay'
    this.#dueAt = Math.min(this.#dueAt, dueAt)
    return undefined
  }

  #mayLeave (pending: Pending, engine: number): boolean {
    return this.#hasRoom(pending) && this.#sources.crossings.mayLeave(pending, engine)
  }

  #take (pending: Pending, engine: number): void {
    this.#sources.waiting.remove(pending)
    this.#sources.crossings.leave(pending, engine)
    this.#batch.push(pending)
    this.#ms += this.#sources.costs.of(pending)
    if (pending.engine === undefined) this.#share--
  }
}

/** The first call that is not over its deadline. */
function dropExpired (queue: ModelQueue, waiting: Waiting, now: number): Pending | undefined {
  for (let { head } = queue; head !== undefined; { head } = queue) {
    if (!head.expireBy(now)) return head
    waiting.remove(head)
  }
  return undefined
}

/** Whether inferences of so many rows wait before any other call. */
function hasRows (queue: ModelQueue, rows: number): boolean {
  let found = 0
  for (const { isInference, call } of queue) {
    if (!isInference) return false
    found += call.rows ?? 1
    if (found >= rows) return true
  }
  return false
}
