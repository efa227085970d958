import type { Pending } from './pending.ts'

/** Calls that wait for the engine, in order of arrival, counted per model. */
export class Queue {
  readonly #limit: number
  readonly #waiting = new Set<Pending>()
  readonly #counts = new Map<string | null, number>()

  /** `limit`: how many calls may wait for one model. */
  constructor (limit: number) { this.#limit = limit }

  get size (): number { return this.#waiting.size }
  get counts (): ReadonlyMap<string | null, number> { return this.#counts }

  isFull (model: string | null): boolean { return (this.#counts.get(model) ?? 0) >= this.#limit }

  add (pending: Pending): void {
    this.#waiting.add(pending)
    this.#count(pending, 1)
  }

  /** Takes a call out; nothing happens when it does not wait here. */
  remove (pending: Pending): void {
    if (this.#waiting.delete(pending)) this.#count(pending, -1)
  }

  /** Takes out the oldest calls, at most `largest`. */
  take (largest: number): Pending[] {
    const taken: Pending[] = []
    for (const pending of this.#waiting) {
      if (taken.length === largest) break
      this.remove(pending)
      taken.push(pending)
    }
    return taken
  }

  [Symbol.iterator] (): IterableIterator<Pending> { return this.#waiting.values() }

  #count ({ call: { model } }: Pending, change: number): void {
    const count = (this.#counts.get(model) ?? 0) + change
    if (count === 0) this.#counts.delete(model)
    else this.#counts.set(model, count)
  }
}
