import type { Pending } from './pending.ts'

/** How much the latest answers weigh. */
const WEIGHT = 0.3
const MOST_MODELS = 4096

/** What a call of each model takes its engine, learned from the times of answers. */
export class Costs {
  readonly #ms = new Map<string | null, number>()

  /** Milliseconds of the next call; 0 when none was seen. */
  of ({ call: { model } }: Pending): number { return this.#ms.get(model) ?? 0 }

  /** These were answered together, `ms` after the engine's last sign of life. */
  note (answered: readonly Pending[], ms: number): void {
    const each = ms / answered.length
    if (this.#ms.size >= MOST_MODELS) this.#ms.clear()
    for (const { call: { model } } of answered) {
      const known = this.#ms.get(model)
      this.#ms.set(model, known === undefined ? each : known + WEIGHT * (each - known))
    }
  }
}
