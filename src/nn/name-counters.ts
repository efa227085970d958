/** Counts how many prefixes were given out per hint: `dense0_`, `dense1_`, … */
export class NameCounters {
  readonly #next = new Map<string, number>()

  take (hint: string): string {
    const n = this.#next.get(hint) ?? 0
    this.#next.set(hint, n + 1)
    return `${hint}${n}_`
  }

  reset (): void {
    this.#next.clear()
  }
}
