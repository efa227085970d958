/** Why a batch left when it did: it had all its rows, had waited long enough, nothing else waited, or the rest waits for another turn. */
export type Reason = 'full' | 'delay' | 'free' | 'share'

export type DepartureCounts = Readonly<Record<Reason, number>>

const MOST_MODELS = 4096

/** Counts the batches of inferences that left, by model and reason. */
export class Departures {
  readonly #models = new Map<string, Record<Reason, number>>()

  count (model: string | null, reason: Reason): void {
    if (model === null) return
    const counts = this.#models.get(model) ?? { full: 0, delay: 0, free: 0, share: 0 }
    counts[reason]++
    if (this.#models.size < MOST_MODELS) this.#models.set(model, counts)
  }

  of (model: string): DepartureCounts { return this.#models.get(model) ?? { full: 0, delay: 0, free: 0, share: 0 } }

  /** A model is gone: another may get its name. */
  forget (model: string): void { this.#models.delete(model) }
}
