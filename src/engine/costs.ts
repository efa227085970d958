import type { Pending } from './pending.ts'

/** How much the latest answer weighs. */
const WEIGHT = 0.3
const MOST_MODELS = 4096

interface Cost {
  /** Milliseconds per call, of those that were answered together. */
  readonly ms: number
  /** Milliseconds of a call alone, or more. */
  readonly aloneMs: number
}

/** The model of an answered call, undefined where nobody knows the call any more, and the microseconds its engine says it took. */
export interface Taken { readonly model: string | null | undefined, readonly us: number | undefined }

/** What a call of each model takes its engine, learned from what engines tell. */
export class Costs {
  readonly #models = new Map<string | null, Cost>()

  /** Milliseconds of the next call; 0 when none was seen. */
  of ({ call: { model } }: Pending): number { return this.#models.get(model)?.ms ?? 0 }

  /** Milliseconds of a call alone, as far as is known; 0 when none was seen. */
  alone ({ call: { model } }: Pending): number { return this.#models.get(model)?.aloneMs ?? 0 }

  /** These were answered together. */
  note (answers: readonly Taken[]): void {
    const sums = new Map<string | null, { calls: number, us: number }>()
    for (const { model, us } of answers) {
      if (model === undefined || us === undefined) continue
      const sum = sums.get(model) ?? { calls: 0, us: 0 }
      sum.calls++
      sum.us += us
      sums.set(model, sum)
    }
    for (const [model, { calls, us }] of sums) this.#learn(model, calls, us / 1000)
  }

  #learn (model: string | null, calls: number, ms: number): void {
    if (this.#models.size >= MOST_MODELS) this.#models.clear()
    const known = this.#models.get(model)
    // No call takes longer than a batch.
    const aloneMs = calls === 1 ? average(known?.aloneMs, ms) : Math.min(known?.aloneMs ?? Infinity, ms)
    this.#models.set(model, { ms: average(known?.ms, ms / calls, calls), aloneMs })
  }
}

/** As if `next` had been seen so many times. */
function average (known: number | undefined, next: number, times = 1): number {
  return known === undefined ? next : next + (known - next) * (1 - WEIGHT) ** times
}
