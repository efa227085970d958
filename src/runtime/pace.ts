import type { Request } from '../engine/channel.ts'

const MOST = 4096

/** How long each command took last time, to tell beforehand whether it is quick. */
export class Pace {
  readonly #last = new Map<string, number>()

  /** Milliseconds the request will take, judged by the last one like it; Infinity when there was none. */
  expected (request: Request): number { return this.#last.get(keyOf(request)) ?? Infinity }

  note (request: Request, ms: number): void {
    if (this.#last.size >= MOST) this.#last.clear()
    this.#last.set(keyOf(request), ms)
  }
}

const keyOf = ({ operation, model }: Request): string => `${operation} ${model ?? ''}`
