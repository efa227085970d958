import { problem } from '../errors.ts'
import { RandomStream } from './random/stream.ts'
import { NameCounters } from './name-counters.ts'

/** Bounds that hold while a session builds and runs Blocks. */
export interface Limits {
  /** Bytes of all parameters of the session together. */
  readonly parameterBytes: number
  /** Elements of any one tensor. */
  readonly elements: number
}

export interface SessionOptions {
  readonly seed?: number
  readonly limits?: Partial<Limits>
  /** Receives what custom code prints, line by line. Default: standard output. */
  readonly print?: (line: string) => void
  /** Receives warnings. Default: `process.emitWarning`. */
  readonly warn?: (message: string) => void
  /** Absolute time in ms after which loops of programs stop; read anew at each check. */
  readonly deadline?: () => number
}

const UNBOUNDED: Limits = { parameterBytes: Infinity, elements: Infinity }

/**
 * Everything Gluon keeps per process: the naming counters, the random stream, where messages go.
 * The library has one default session; the server gives each model its own, so that names and numbers
 * do not depend on what else happened.
 */
export class Session {
  readonly names = new NameCounters()
  readonly limits: Limits
  random: RandomStream
  readonly print: (line: string) => void
  readonly warn: (message: string) => void
  readonly deadline: () => number
  #parameterBytes = 0

  constructor (options: SessionOptions = {}) {
    this.random = new RandomStream(options.seed ?? 0)
    this.limits = { ...UNBOUNDED, ...options.limits }
    this.print = options.print ?? (line => { process.stdout.write(`${line}\n`) })
    this.warn = options.warn ?? (message => { process.emitWarning(message, 'UserWarning') })
    this.deadline = options.deadline ?? (() => Infinity)
  }

  /** Counts bytes about to be allocated for parameters. Throws `too_many_parameter_bytes` before they are. */
  reserve (bytes: number): void {
    const total = this.#parameterBytes + bytes
    if (total > this.limits.parameterBytes) {
      throw problem('too_many_parameter_bytes', { bytes: total, limit: this.limits.parameterBytes })
    }
    this.#parameterBytes = total
  }

  /** Runs `fn` with this session as the current one. */
  run<T> (fn: () => T): T {
    const outer = current
    current = this
    try {
      return fn()
    } finally {
      current = outer
    }
  }
}

let current = new Session()

/** The session that Blocks built and run now belong to. */
export const session = (): Session => current

/** Starts the default scope afresh: names count from 0 again, as in a new process. */
export function resetNames (): void {
  current.names.reset()
}
