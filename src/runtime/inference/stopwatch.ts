/** Tells how long things take, one after the other. */
export class Stopwatch {
  #at = performance.now()

  /** Nanoseconds since it was made, or since the last lap. */
  lap (): number {
    const before = this.#at
    this.#at = performance.now()
    return Math.round((this.#at - before) * 1e6)
  }
}
