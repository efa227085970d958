import type { Pending } from './pending.ts'

/**
 * Calls of one model that wait. They leave in order of arrival, but for inferences between two other calls: of those the most urgent
 * leave first.
 */
export class ModelQueue {
  readonly #stretches: Stretch[] = []
  #size = 0

  get size (): number { return this.#size }
  /** The call whose turn it is. */
  get head (): Pending | undefined { return this.#stretches[0]?.first }

  add (pending: Pending): void {
    this.#size++
    const last = this.#stretches.at(-1)
    if (pending.isInference && last?.ofInferences === true) last.add(pending)
    else this.#stretches.push(new Stretch(pending))
  }

  /** Puts a call that left before all others. */
  putBack (pending: Pending): void {
    this.#size++
    this.#stretches.unshift(new Stretch(pending))
  }

  /** Takes a call out; false when it does not wait here. */
  remove (pending: Pending): boolean {
    const index = this.#stretches.findIndex(stretch => stretch.delete(pending))
    if (index === -1) return false
    if (this.#stretches[index]?.isEmpty === true) this.#stretches.splice(index, 1)
    this.#size--
    return true
  }

  /** In the order in which they leave. */
  * [Symbol.iterator] (): IterableIterator<Pending> {
    for (const stretch of this.#stretches) yield * stretch
  }
}

/** Inferences among which only urgency and arrival count, or one call of another kind. */
class Stretch {
  readonly ofInferences: boolean
  readonly #levels = new Map<number, Set<Pending>>()

  constructor (first: Pending) {
    this.ofInferences = first.isInference
    this.add(first)
  }

  get isEmpty (): boolean { return this.#levels.size === 0 }

  get first (): Pending | undefined {
    const [first] = this.#mostUrgent ?? []
    return first
  }

  add (pending: Pending): void {
    const level = this.#levels.get(pending.priority)
    if (level === undefined) this.#levels.set(pending.priority, new Set([pending]))
    else level.add(pending)
  }

  delete (pending: Pending): boolean {
    const level = this.#levels.get(pending.priority)
    if (level === undefined || !level.delete(pending)) return false
    if (level.size === 0) this.#levels.delete(pending.priority)
    return true
  }

  * [Symbol.iterator] (): IterableIterator<Pending> {
    for (const priority of [...this.#levels.keys()].sort((a, b) => a - b)) yield * this.#levels.get(priority) ?? []
  }

  get #mostUrgent (): Set<Pending> | undefined {
    const [only] = this.#levels.keys()
    return this.#levels.get(this.#levels.size < 2 ? only as number : Math.min(...this.#levels.keys()))
  }
}
