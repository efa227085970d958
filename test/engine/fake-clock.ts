import type { Clock } from '../../src/engine/clock.ts'

interface Timer { readonly at: number, readonly action: () => void }

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>()
  #now: number

  constructor (now = 1_000_000) { this.#now = now }

  now = (): number => this.#now

  after = (ms: number, action: () => void): () => void => {
    const timer = { at: this.#now + ms, action }
    this.#timers.add(timer)
    return () => { this.#timers.delete(timer) }
  }

  /** How many timers are set. */
  get timers (): number { return this.#timers.size }

  /** Moves time on as a busy event loop does: nothing that falls due runs yet. */
  jump (ms: number): void { this.#now += ms }

  /** Moves time on and runs what falls due, in order. */
  advance (ms: number): void {
    const end = this.#now + ms
    for (let next = this.#due(end); next !== undefined; next = this.#due(end)) {
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.action()
    }
    this.#now = end
  }

  #due (end: number): Timer | undefined {
    return [...this.#timers].filter(timer => timer.at <= end).toSorted((a, b) => a.at - b.at)[0]
  }
}
