import type { Server } from '../server.ts'
import type { WireTensor } from '../tensors.ts'
import { attempt, check, type Mutator, type Requests } from './attempt.ts'

interface Changed { readonly name: string, readonly revision: number }

const DATA = '/v1/models/retries/parameters/dense0_bias/data'

/** A client that gives each addition a key, and sends it again until it is acknowledged: the number is exactly the count of keys. */
export class Retries implements Mutator {
  readonly name = 'retries'
  #key = 1
  #last: Changed | undefined
  acknowledged = 0

  async prepare (server: Server): Promise<void> {
    await server.ask('POST', '/v1/models', { name: 'retries', architecture: { type: 'Dense', units: 1, in_units: 1 } })
    await server.ask('POST', '/v1/models/retries/initialize')
  }

  async run (server: Requests): Promise<void> {
    while (await this.#add(server));
  }

  async verify (server: Server): Promise<void> {
    check(await this.#add(server), 'nothing keeps the server from adding')
    const again = await attempt<Changed>(server, 'PATCH', DATA, addition, keyed(this.acknowledged))
    check(JSON.stringify(again?.body) === JSON.stringify(this.#last), 'a repeated request is answered as before')
    const { data: [value] } = await server.ask<WireTensor>('GET', DATA)
    check(value === this.acknowledged, `${String(value)} additions were applied for ${this.acknowledged} keys`)
  }

  async #add (server: Requests): Promise<boolean> {
    const answer = await attempt<Changed>(server, 'PATCH', DATA, addition, keyed(this.#key))
    if (answer === undefined) return false
    this.#last = answer.body
    this.acknowledged = this.#key++
    return true
  }
}

const addition = { slice: ':', add: 1 }
const keyed = (key: number): Record<string, string> => ({ 'idempotency-key': `addition-${key}` })
