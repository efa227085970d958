import type { Server } from '../server.ts'
import type { WireTensor } from '../tensors.ts'
import { attempt, check, revisionOf, type Mutator, type Requests } from './attempt.ts'

/** Several clients that add 1 to the same number. It is the count of all additions, and so is the model's revision. */
export class Counter implements Mutator {
  readonly name = 'counter'
  readonly #clients: number
  #value = 0
  #unknown = 0
  #firstRevision = 0
  acknowledged = 0

  constructor (clients: number) {
    this.#clients = clients
  }

  async prepare (server: Server): Promise<void> {
    await server.ask('POST', '/v1/models', { name: 'counter', architecture: { type: 'Dense', units: 1, in_units: 1 } })
    this.#firstRevision = revisionOf(await server.request('POST', '/v1/models/counter/initialize'))
  }

  async run (server: Requests): Promise<void> {
    await Promise.all(Array.from({ length: this.#clients }, () => this.#add(server)))
  }

  async verify (server: Server): Promise<void> {
    const answer = await server.request<WireTensor>('GET', '/v1/models/counter/parameters/dense0_bias/data')
    const value = Number(answer.body.data[0])
    check(value >= this.#value && value <= this.#value + this.#unknown,
      `counter is ${value}; ${this.#value} additions were acknowledged, ${this.#unknown} more may have been applied`)
    check(revisionOf(answer) === this.#firstRevision + value, `counter is ${value} at revision ${revisionOf(answer)}`)
    this.#value = value
    this.#unknown = 0
  }

  async #add (server: Requests): Promise<void> {
    let last = 0
    for (;;) {
      this.#unknown++
      const answer = await attempt(server, 'PATCH', '/v1/models/counter/parameters/dense0_bias/data', { slice: ':', add: 1 })
      if (answer === undefined) return
      check(revisionOf(answer) > last, `revision ${revisionOf(answer)} came after ${last}`)
      last = revisionOf(answer)
      this.#unknown--
      this.#value++
      this.acknowledged++
    }
  }
}
