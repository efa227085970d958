import type { Server } from '@grpc/grpc-js'
import { HealthImplementation } from 'grpc-health-check'
import type { EngineState } from '../operations/schemas/runtime.ts'
import { SERVICE } from './definition.ts'

const NAMES = ['', SERVICE]
const LOOK_MS = 500

/** The standard health service. It is told, it does not ask: so the engine is looked at now and then. */
export class WatchedHealth {
  readonly #health = new HealthImplementation(Object.fromEntries(NAMES.map(name => [name, 'NOT_SERVING'])))
  readonly #timer: NodeJS.Timeout
  #told = false

  constructor (state: () => EngineState) {
    const look = (): void => { this.#tell(state() === 'ready') }
    look()
    this.#timer = setInterval(look, LOOK_MS).unref()
  }

  addToServer (server: Server): void { this.#health.addToServer(server) }

  /** Serves no more. */
  end (): void {
    clearInterval(this.#timer)
    this.#tell(false)
  }

  #tell (serves: boolean): void {
    if (serves === this.#told) return
    this.#told = serves
    for (const name of NAMES) this.#health.setStatus(name, serves ? 'SERVING' : 'NOT_SERVING')
  }
}
