import { createHash } from 'node:crypto'
import { readArrayFile } from '../../../src/formats/index.ts'
import type { Server } from '../server.ts'
import { attempt, check, type Mutator, type Requests } from './attempt.ts'

interface Row { readonly id: number, readonly sha256: string, readonly note: string | null }

const PATH = '/v1/models/checkpoints'
const KEPT = 3

/** A client that changes a large weight, saves it, and deletes older checkpoints. Each one's note says what its first number is. */
export class Checkpoints implements Mutator {
  readonly name = 'checkpoints'
  readonly #there = new Map<number, Row>()
  readonly #unknown = new Set<number>()
  #lastId = 0
  #added = 0
  #mayBeAdded = 0
  acknowledged = 0

  async prepare (server: Server): Promise<void> {
    // More than a megabyte, so that the value and the checkpoints are files of their own.
    await server.ask('POST', '/v1/models', { name: 'checkpoints', architecture: { type: 'Dense', units: 600, in_units: 600, use_bias: false } })
    await server.ask('POST', `${PATH}/initialize`, { init: 'zeros' })
  }

  async run (server: Requests): Promise<void> {
    while (await this.#add(server) && await this.#save(server) && await this.#delete(server));
  }

  async verify (server: Server): Promise<void> {
    await this.#verifyValue(server)
    const { checkpoints } = await server.ask<{ checkpoints: Row[] }>('GET', `${PATH}/checkpoints?limit=1000`)
    const found = new Map(checkpoints.map(row => [row.id, row]))
    for (const [id, { sha256 }] of this.#there) {
      check(this.#unknown.has(id) || found.get(id)?.sha256 === sha256, `checkpoint ${id} was acknowledged and is not there`)
    }
    for (const row of checkpoints) await this.#verifyFile(server, row)
    this.#unknown.clear()
    this.#there.clear()
    for (const row of checkpoints) this.#there.set(row.id, row)
  }

  async #verifyValue (server: Server): Promise<void> {
    const { data: [value] } = await server.ask<{ data: number[] }>('GET', `${PATH}/parameters/dense0_weight/data?slice=0,0`)
    check(value === this.#added || value === this.#mayBeAdded, `the weight starts with ${value}, not with ${this.#added}`)
    this.#added = this.#mayBeAdded = value
  }

  async #verifyFile (server: Server, { id, sha256, note }: Row): Promise<void> {
    const known = this.#there.has(id) || id > this.#lastId
    check(known, `checkpoint ${id} was deleted and is there`)
    this.#lastId = Math.max(id, this.#lastId)
    const { bytes } = await server.request('GET', `${PATH}/checkpoints/${id}/content`)
    check(createHash('sha256').update(bytes).digest('hex') === sha256, `checkpoint ${id} does not have its sha256`)
    const first = readArrayFile(bytes).tensors[0]?.data[0]
    check(String(first) === note, `checkpoint ${id} holds ${String(first)}, not ${String(note)}`)
  }

  async #add (server: Requests): Promise<boolean> {
    this.#mayBeAdded = this.#added + 1
    if (await attempt(server, 'PATCH', `${PATH}/parameters/dense0_weight/data`, { slice: '0,0', add: 1 }) === undefined) return false
    this.#added++
    this.acknowledged++
    return true
  }

  async #save (server: Requests): Promise<boolean> {
    const answer = await attempt<Row>(server, 'POST', `${PATH}/checkpoints`, { note: String(this.#added) })
    if (answer === undefined) return false
    check(answer.body.id > this.#lastId, `checkpoint ${answer.body.id} came after ${this.#lastId}`)
    this.#lastId = answer.body.id
    this.#there.set(answer.body.id, answer.body)
    this.acknowledged++
    return true
  }

  async #delete (server: Requests): Promise<boolean> {
    const [oldest] = this.#there.keys()
    if (oldest === undefined || this.#there.size <= KEPT) return true
    this.#unknown.add(oldest)
    if (await attempt(server, 'DELETE', `${PATH}/checkpoints/${oldest}`) === undefined) return false
    this.#unknown.delete(oldest)
    this.#there.delete(oldest)
    this.acknowledged++
    return true
  }
}
