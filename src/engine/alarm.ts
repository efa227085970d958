import type { Clock } from './clock.ts'

/** One timer for many times: it rings at the earliest that was asked for. */
export class Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #at = Infinity
  #cancel: (() => void) | undefined

  constructor (clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** Rings at `time`, in ms since 1970, or before. */
  by (time: number): void {
    if (time >= this.#at) return
    this.clear()
    this.#at = time
    this.#cancel = this.#clock.after(time - this.#clock.now(), () => {
      this.clear()
      this.#ring()
    })
  }

  clear (): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#at = Infinity
  }
}
