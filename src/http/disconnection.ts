import type { ServerResponse } from 'node:http'
import type { Cancellation } from '../dataplane/dataplane.ts'
import { problem } from '../errors.ts'

/**
 * Tells that a connection ended before the answer was out. Every request has one, so it is no AbortSignal, which takes several
 * microseconds to make and to listen to. (Fastify's own signal fires as soon as the body was read.)
 */
export class Disconnection implements Cancellation {
  readonly #listeners: Array<() => void> = []
  #reason: unknown

  constructor (response: ServerResponse) {
    response.once('close', () => { if (!response.writableEnded) this.#abort() })
  }

  get aborted (): boolean { return this.#reason !== undefined }
  get reason (): unknown { return this.#reason }

  addEventListener (_type: 'abort', listener: () => void): void { this.#listeners.push(listener) }

  removeEventListener (_type: 'abort', listener: () => void): void {
    const index = this.#listeners.indexOf(listener)
    if (index !== -1) this.#listeners.splice(index, 1)
  }

  #abort (): void {
    this.#reason = problem('client_gone')
    for (const listener of this.#listeners.splice(0)) listener()
  }
}
