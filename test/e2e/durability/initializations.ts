import { Dense, Sequential, Session } from '../../../src/nn/index.ts'
import type { Server } from '../server.ts'
import { fromWire, type WireTensor } from '../tensors.ts'
import { attempt, check, revisionOf, type Mutator, type Requests } from './attempt.ts'

const SEED = 11
const PATH = '/v1/models/initializations'
const LAYERS = [{ units: 8, in_units: 4 }, { units: 3, in_units: 8 }, { units: 5, in_units: 3 }]

/**
 * A client that initializes a network again and again, beside the same network in this process: one change moves all weights and the
 * stream.
 */
export class Initializations implements Mutator {
  readonly name = 'initializations'
  readonly #session = new Session({ seed: SEED })
  readonly #net = this.#session.run(() => new Sequential().add(...LAYERS.map(({ units, in_units }) => new Dense(units, { in_units }))))
  #done = 0
  #firstRevision = 0
  #unknown = false
  acknowledged = 0

  async prepare (server: Server): Promise<void> {
    const architecture = { type: 'Sequential', children: LAYERS.map(layer => ({ type: 'Dense', ...layer })) }
    this.#firstRevision = revisionOf(await server.request('POST', '/v1/models', { name: 'initializations', seed: SEED, architecture }))
  }

  async run (server: Requests): Promise<void> {
    this.#unknown = true
    while (await attempt(server, 'POST', `${PATH}/initialize`, { force_reinit: true }) !== undefined) {
      this.#initialize()
      this.acknowledged++
    }
  }

  async verify (server: Server): Promise<void> {
    const applied = revisionOf(await server.request('GET', PATH)) - this.#firstRevision
    check(applied === this.#done || (this.#unknown && applied === this.#done + 1), `${applied} initializations are there, ${this.#done} were acknowledged`)
    if (applied > this.#done) this.#initialize()
    this.#unknown = false
    if (applied > 0) for (const parameter of this.#net.collect_params().values()) await this.#compare(server, parameter.name)
  }

  async #compare (server: Server, name: string): Promise<void> {
    const found = fromWire(await server.ask<WireTensor>('GET', `${PATH}/parameters/${name}/data`))
    const wanted = this.#net.collect_params().at(name).host()
    check(found.data.every((value, i) => Object.is(value, wanted.data[i])), `${name} is not what initialization ${this.#done} gave it`)
  }

  #initialize (): void {
    this.#session.run(() => { this.#net.initialize({ force_reinit: true }) })
    this.#done++
  }
}
