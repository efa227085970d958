import { ModelQueue } from './model-queue.ts'
import type { Pending } from './pending.ts'

type Model = string | null

/** All calls that wait, a queue per model. Models take turns; the most urgent call of all comes first. */
export class Waiting {
  readonly #limit: number
  readonly #queues = new Map<Model, ModelQueue>()
  #size = 0

  /** `limit`: how many calls may wait for one model. */
  constructor (limit: number) { this.#limit = limit }

  get size (): number { return this.#size }

  /** How many wait, by model. */
  get counts (): ReadonlyMap<Model, number> { return new Map([...this.#queues].map(([model, { size }]) => [model, size])) }

  isFull (model: Model): boolean { return (this.#queues.get(model)?.size ?? 0) >= this.#limit }

  add (pending: Pending): void { this.#add(pending, 'add') }

  /** Puts a call that left before all others of its model. */
  putBack (pending: Pending): void { this.#add(pending, 'putBack') }

  /** Takes a call out; nothing happens when it does not wait here. */
  remove (pending: Pending): void {
    const { model } = pending.call
    const queue = this.#queues.get(model)
    if (queue?.remove(pending) !== true) return
    this.#size--
    if (queue.size === 0) this.#queues.delete(model)
  }

  /** The queues in the order of their turns, as it is now. */
  turns (): ModelQueue[] {
    const queues = [...this.#queues.values()]
    return queues.length < 2 ? queues : queues.sort((a, b) => urgency(a) - urgency(b))
  }

  /** A model had its turn: the others come before it. */
  passTurn (model: Model): void {
    const queue = this.#queues.get(model)
    if (queue === undefined || this.#queues.size < 2) return
    this.#queues.delete(model)
    this.#queues.set(model, queue)
  }

  * [Symbol.iterator] (): IterableIterator<Pending> {
    for (const queue of this.#queues.values()) yield * queue
  }

  #add (pending: Pending, where: 'add' | 'putBack'): void {
    const { model } = pending.call
    const queue = this.#queues.get(model) ?? new ModelQueue()
    queue[where](pending)
    this.#queues.set(model, queue)
    this.#size++
  }
}

const urgency = ({ head }: ModelQueue): number => head?.priority ?? Infinity
