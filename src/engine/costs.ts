import type { Pending } from './pending.ts'

/** How much the latest answers weigh. */
const WEIGHT = 0.3
const MOST_MODELS = 4096

interface Cost {
  /** Milliseconds per call, of those that were answered together. */
  readonly ms: number
  /** Milliseconds of a call alone, or more. */
  readonly aloneMs: number
}

/** What a call of each model takes its engine, learned from the times of answers. */
export class Costs {
  readonly #models = new Map<string | null, Cost>()

  /** Milliseconds of the next call; 0 when none was seen. */
  of ({ call: { model } }: Pending): number { return this.#models.get(model)?.ms ?? 0 }

  /** Milliseconds of a call alone, as far as is known; 0 when none was seen. */
  alone ({ call: { model } }: Pending): number { return this.#models.get(model)?.aloneMs ?? 0 }

  /** These were answered together, `ms` after the engine's last sign of life. */
  note (answered: readonly Pending[], ms: number): void {
    const each = ms / answered.length
    if (this.#models.size >= MOST_MODELS) this.#models.clear()
    for (const { call: { model } } of answered) {
      const known = this.#models.get(model)
      // No call takes longer than a batch.
      const aloneMs = answered.length === 1 ? average(known?.aloneMs, ms) : Math.min(known?.aloneMs ?? Infinity, ms)
      this.#models.set(model, { ms: average(known?.ms, each), aloneMs })
    }
  }
}

const average = (known: number | undefined, next: number): number => known === undefined ? next : known + WEIGHT * (next - known)
