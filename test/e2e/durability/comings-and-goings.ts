import type { Server } from '../server.ts'
import { attempt, check, type Mutator, type Requests } from './attempt.ts'

interface Row { readonly name: string, readonly state: string, readonly parameter_count: number }

const PARAMETERS = 4 * 3 + 4

/** A client that makes models and deletes most of them. */
export class ComingsAndGoings implements Mutator {
  readonly name = 'comings and goings'
  readonly #there = new Set<string>()
  #unknown: string | undefined
  #made = 0
  acknowledged = 0

  async prepare (): Promise<void> {}

  async run (server: Requests): Promise<void> {
    while (await this.#create(server) && await this.#delete(server));
  }

  async verify (server: Server): Promise<void> {
    const { models } = await server.ask<{ models: Row[] }>('GET', '/v1/models?limit=1000')
    const found = new Map(models.filter(({ name }) => name.startsWith('m-')).map(row => [row.name, row]))
    for (const name of this.#there) check(found.has(name) || name === this.#unknown, `model ${name} was acknowledged and is not there`)
    for (const name of found.keys()) {
      check(this.#there.has(name) || name === this.#unknown, `model ${name} was deleted and is there`)
      check(found.get(name)?.parameter_count === PARAMETERS, `model ${name} is not whole`)
    }
    if (this.#unknown !== undefined) await this.#settle(server, this.#unknown, found.has(this.#unknown))
  }

  /** A model that may be there either is, and can be used, or can be made. */
  async #settle (server: Server, name: string, isThere: boolean): Promise<void> {
    this.#unknown = undefined
    if (!isThere) await server.ask('POST', '/v1/models', modelOf(name))
    await server.ask('POST', `/v1/models/${name}/initialize`)
    const { outputs } = await server.ask<{ outputs: unknown[] }>('POST', `/v1/models/${name}/forward`, { inputs: [[[1, 2, 3]]] })
    check(outputs.length === 1, `model ${name} does not run`)
    this.#there.add(name)
  }

  async #create (server: Requests): Promise<boolean> {
    const name = `m-${++this.#made}`
    this.#unknown = name
    if (await attempt(server, 'POST', '/v1/models', modelOf(name)) === undefined) return false
    this.#there.add(name)
    this.#acknowledge()
    return true
  }

  async #delete (server: Requests): Promise<boolean> {
    const [oldest] = this.#there
    if (oldest === undefined || this.#there.size < 5) return true
    this.#unknown = oldest
    if (await attempt(server, 'DELETE', `/v1/models/${oldest}`) === undefined) return false
    this.#there.delete(oldest)
    this.#acknowledge()
    return true
  }

  #acknowledge (): void {
    this.#unknown = undefined
    this.acknowledged++
  }
}

const modelOf = (name: string): object => ({ name, architecture: { type: 'Dense', units: 4, in_units: 3 } })
