import { problem } from '../../errors.ts'
import { session } from '../session.ts'
import { MAX_STATEMENTS, MAX_TURNS } from './language.ts'

/** How often the clock is read: once per so many steps. */
const STRIDE = 64
/** Evaluations inside each other, all programs of a forward together: what the stack surely holds. */
const MAX_ACTIVE = 400

/** Counts what one forward does, the programs it calls included, and stops it at its bounds. */
export class Meter {
  static #active: Meter | undefined
  readonly #started = Date.now()
  #statements = 0
  #turns = 0
  #steps = 0
  #depth = 0

  /** Runs `fn` with the meter of the forward that is running, or with a new one. */
  static run<T> (fn: (meter: Meter) => T): T {
    const outer = Meter.#active
    const meter = outer ?? new Meter()
    Meter.#active = meter
    try {
      return fn(meter)
    } finally {
      Meter.#active = outer
    }
  }

  /** Throws `program_limit`, `deadline_exceeded`. */
  statement (block: string): void {
    if (++this.#statements > MAX_STATEMENTS) throw problem('program_limit', { block, limit: MAX_STATEMENTS, what: 'statements' })
    this.step()
  }

  /** One turn of a loop. Throws `program_limit`, `deadline_exceeded`. */
  turn (block: string): void {
    if (++this.#turns > MAX_TURNS) throw problem('program_limit', { block, limit: MAX_TURNS, what: 'loop turns' })
    this.#checkDeadline()
  }

  /** One operator. Throws `deadline_exceeded`. */
  step (): void {
    if (++this.#steps % STRIDE === 0) this.#checkDeadline()
  }

  /** Runs `fn` one level deeper. Throws `program_limit`. */
  nested<T> (block: string, fn: () => T): T {
    if (this.#depth >= MAX_ACTIVE) throw problem('program_limit', { block, limit: MAX_ACTIVE, what: 'nested evaluations' })
    this.#depth++
    try {
      return fn()
    } finally {
      this.#depth--
    }
  }

  #checkDeadline (): void {
    const now = Date.now()
    if (now > session().deadline()) throw problem('deadline_exceeded', { ms: now - this.#started })
  }
}
