/** Counts calls on their way, so that a stop can wait for them and for nothing else. */
export class InFlight {
  #count = 0
  #onIdle: Array<() => void> = []

  begin (): void { this.#count++ }

  end (): void {
    this.#count--
    if (this.#count === 0) for (const tell of this.#onIdle.splice(0)) tell()
  }

  /** Resolves when none is left, or after `ms`. */
  idle (ms: number): Promise<void> {
    if (this.#count === 0) return Promise.resolve()
    return new Promise(resolve => {
      const timer = setTimeout(resolve, ms)
      this.#onIdle.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }
}
