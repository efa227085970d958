/** All reading of the store: shared by what is committed (a store) and what is about to be (a transaction). */
import type { Readable } from 'node:stream'
import { tensorFromBytes, type HostTensor } from '../tensor.ts'
import type { Contents } from './contents.ts'
import type { Database } from './database.ts'
import { keyOf } from './keys.ts'
import { outcomeOf } from './outcomes.ts'
import type { ArchitectureRecord, ArrayRecord, CheckpointRecord, Loaded, ModelRecord, Outcome, ValueRecord } from './records.ts'
import type { List, Page, Reader } from './interface.ts'

export abstract class RecordReader implements Reader {
  readonly #database: Database
  readonly #contents: Contents

  constructor (database: Database, contents: Contents) {
    this.#database = database
    this.#contents = contents
  }

  models (page: Page<string>): List<ModelRecord, string> {
    const after = page.after === undefined ? undefined : keyOf('modelName', page.after)
    return this.#list(keyOf('modelName'), page.limit, after, key => this.#modelNamed(key), model => model.name)
  }

  modelCount (): number {
    return this.#database.snapshot(() => this.#database.count(keyOf('model')))
  }

  model (name: string): ModelRecord | undefined {
    return this.#database.snapshot(() => this.#modelNamed(keyOf('modelName', name)))
  }

  modelById (id: number): ModelRecord | undefined {
    return this.#record(keyOf('model', id))
  }

  value (id: number, parameter: string): HostTensor | undefined {
    const loaded = this.#contents.load<ValueRecord>(keyOf('value', id, parameter))
    return loaded && tensorFromBytes(loaded.record.dtype, loaded.record.shape, loaded.content)
  }

  stream (id: number): Uint8Array | undefined {
    return this.#database.snapshot(() => this.#database.get(keyOf('stream', id)))
  }

  architectures (page: Page<string>): List<ArchitectureRecord, string> {
    const after = page.after === undefined ? undefined : keyOf('architecture', page.after)
    return this.#list(keyOf('architecture'), page.limit, after, key => this.#database.record<ArchitectureRecord>(key), record => record.name)
  }

  architecture (name: string): ArchitectureRecord | undefined {
    return this.#record(keyOf('architecture', name))
  }

  checkpoints (id: number, page: Page<number>): List<CheckpointRecord, number> {
    const after = page.after === undefined ? undefined : keyOf('checkpoint', id, page.after)
    return this.#list(keyOf('checkpoint', id), page.limit, after, key => this.#database.record<CheckpointRecord>(key), record => record.id)
  }

  checkpoint (id: number, checkpoint: number): CheckpointRecord | undefined {
    return this.#record(keyOf('checkpoint', id, checkpoint))
  }

  checkpointContent (id: number, checkpoint: number): Loaded<CheckpointRecord, Uint8Array<ArrayBuffer>> | undefined {
    return this.#contents.load(keyOf('checkpoint', id, checkpoint))
  }

  checkpointStream (id: number, checkpoint: number): Loaded<CheckpointRecord, Readable> | undefined {
    return this.#contents.stream(keyOf('checkpoint', id, checkpoint))
  }

  arrays (page: Page<string>): List<ArrayRecord, string> {
    const after = page.after === undefined ? undefined : keyOf('array', page.after)
    return this.#list(keyOf('array'), page.limit, after, key => this.#database.record<ArrayRecord>(key), record => record.name)
  }

  array (name: string): ArrayRecord | undefined {
    return this.#record(keyOf('array', name))
  }

  arrayContent (name: string): Loaded<ArrayRecord, Uint8Array<ArrayBuffer>> | undefined {
    return this.#contents.load(keyOf('array', name))
  }

  outcome (key: string): Outcome | undefined {
    return this.#database.snapshot(() => outcomeOf(this.#database, key))
  }

  #record<T> (key: Buffer): T | undefined {
    return this.#database.snapshot(() => this.#database.record<T>(key))
  }

  #modelNamed (key: Buffer): ModelRecord | undefined {
    const id = this.#database.record<number>(key)
    return id === undefined ? undefined : this.#database.record<ModelRecord>(keyOf('model', id))
  }

  #list<T, K> (
    prefix: Buffer, limit: number, after: Buffer | undefined, load: (key: Buffer) => T | undefined, cursor: (item: T) => K
  ): List<T, K> {
    return this.#database.snapshot(() => {
      const keys = this.#database.keys(prefix, limit + 1, after)
      const items = keys.slice(0, limit).map(load).filter(item => item !== undefined)
      const last = items.at(-1)
      return { items, next: keys.length > limit && last !== undefined ? cursor(last) : null }
    })
  }
}
