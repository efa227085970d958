import { FIRST_ENGINE } from './messages.ts'
import type { Pending } from './pending.ts'

/** What is on its way of one model: how many calls, how many of them on the first engine, and how many may change the model. */
interface Traffic { calls: number, first: number, changes: number }

/**
 * Keeps the calls of a model in order where they cross between engines: a change waits until no other engine works on the model, and no
 * other engine begins to before the change is done everywhere.
 */
export class Crossings {
  readonly #models = new Map<string | null, Traffic>()

  /** Whether the call whose turn it is may leave for that engine. */
  mayLeave ({ engine: wanted, isChange, call: { model } }: Pending, engine: number): boolean {
    if (wanted !== undefined && wanted !== engine) return false
    const traffic = model === null ? undefined : this.#models.get(model)
    if (traffic === undefined) return true
    return isChange ? traffic.calls === traffic.first : engine === FIRST_ENGINE || traffic.changes === 0
  }

  /** A call left for an engine. */
  leave (pending: Pending, engine: number): void {
    const { model } = pending.call
    if (model === null) return
    const traffic = this.#models.get(model) ?? { calls: 0, first: 0, changes: 0 }
    this.#models.set(model, traffic)
    count(traffic, pending, engine, 1)
  }

  /** It is answered, or lost with its engine, and what it changed is known everywhere. */
  arrive (pending: Pending, engine: number): void {
    const { model } = pending.call
    const traffic = this.#models.get(model)
    if (traffic === undefined) return
    count(traffic, pending, engine, -1)
    if (traffic.calls === 0) this.#models.delete(model)
  }
}

function count (traffic: Traffic, { isChange }: Pending, engine: number, by: 1 | -1): void {
  traffic.calls += by
  if (engine === FIRST_ENGINE) traffic.first += by
  if (isChange) traffic.changes += by
}
