/** The changes of one transaction. */
import { createHash } from 'node:crypto'
import { problem } from '../errors.ts'
import { bytesOf, type HostTensor } from '../tensor.ts'
import type { Blobs } from './blobs.ts'
import { ContentChanges, Contents } from './contents.ts'
import type { Database } from './database.ts'
import { keyOf } from './keys.ts'
import { putOutcome } from './outcomes.ts'
import { RecordReader } from './reader.ts'
import type { ArchitectureRecord, ArrayManifest, ArrayRecord, CheckpointManifest, CheckpointRecord, Content, ModelRecord, Outcome } from './records.ts'
import type { Transaction } from './interface.ts'

// Checkpoints are files whatever their size: they are streamed, and never change.
const ALWAYS_A_BLOB = -1

export class OpenTransaction extends RecordReader implements Transaction {
  readonly contents: ContentChanges
  readonly #database: Database

  constructor (database: Database, blobs: Blobs) {
    super(database, new Contents(database, blobs))
    this.#database = database
    this.contents = new ContentChanges(database, blobs)
  }

  nextModelId (): number {
    const id = (this.#database.record<number>(keyOf('sequence')) ?? 0) + 1
    this.#database.putRecord(keyOf('sequence'), id)
    return id
  }

  putModel (record: ModelRecord): void {
    const old = this.#database.record<ModelRecord>(keyOf('model', record.id))
    this.#takeName(record)
    if (old !== undefined && old.name !== record.name) this.#database.remove(keyOf('modelName', old.name))
    const checkpoints_made = Math.max(record.checkpoints_made, old?.checkpoints_made ?? 0)
    this.#database.putRecord(keyOf('model', record.id), { ...record, checkpoints_made })
  }

  removeModel (id: number): void {
    const model = this.#database.record<ModelRecord>(keyOf('model', id))
    if (model === undefined) return
    this.#removeAllWithContent(keyOf('value', id))
    this.#removeAllWithContent(keyOf('checkpoint', id))
    this.#database.remove(keyOf('stream', id))
    this.#database.remove(keyOf('modelName', model.name))
    this.#database.remove(keyOf('model', id))
  }

  putValue (id: number, parameter: string, tensor: HostTensor): void {
    this.#requireModel(id)
    this.#putWithContent(keyOf('value', id, parameter), { dtype: tensor.dtype, shape: tensor.shape }, bytesOf(tensor))
  }

  removeValue (id: number, parameter: string): void {
    this.#removeWithContent(keyOf('value', id, parameter))
  }

  putStream (id: number, bytes: Uint8Array): void {
    this.#requireModel(id)
    this.#database.put(keyOf('stream', id), bytes)
  }

  putArchitecture (record: ArchitectureRecord): void {
    this.#database.putRecord(keyOf('architecture', record.name), record)
  }

  removeArchitecture (name: string): void {
    this.#database.remove(keyOf('architecture', name))
  }

  putCheckpoint (id: number, manifest: CheckpointManifest, bytes: Uint8Array): CheckpointRecord {
    const model = this.#requireModel(id)
    const checkpoint = model.checkpoints_made + 1
    this.#database.putRecord(keyOf('model', id), { ...model, checkpoints_made: checkpoint })
    const fields = { ...manifest, id: checkpoint, sha256: sha256(bytes) }
    return this.#putWithContent(keyOf('checkpoint', id, checkpoint), fields, bytes, ALWAYS_A_BLOB)
  }

  removeCheckpoint (id: number, checkpoint: number): void {
    this.#removeWithContent(keyOf('checkpoint', id, checkpoint))
  }

  putArrays (name: string, manifest: ArrayManifest, bytes: Uint8Array): ArrayRecord {
    return this.#putWithContent(keyOf('array', name), { ...manifest, name, sha256: sha256(bytes) }, bytes)
  }

  removeArrays (name: string): void {
    this.#removeWithContent(keyOf('array', name))
  }

  putOutcome (key: string, outcome: Outcome): void {
    putOutcome(this.#database, key, outcome)
  }

  #putWithContent<F extends object> (key: Buffer, fields: F, bytes: Uint8Array, largestInline?: number): F & Content {
    const record = { ...fields, ...this.contents.put(key, bytes, largestInline) }
    this.#database.putRecord(key, record)
    return record
  }

  #removeWithContent (key: Buffer): void {
    this.contents.drop(key)
    this.#database.remove(key)
  }

  #removeAllWithContent (prefix: Buffer): void {
    for (const key of this.#database.keys(prefix)) this.#removeWithContent(key)
  }

  #takeName ({ id, name }: ModelRecord): void {
    const holder = this.#database.record<number>(keyOf('modelName', name))
    if (holder !== undefined && holder !== id) throw problem('model_exists', { model: name })
    this.#database.putRecord(keyOf('modelName', name), id)
  }

  // What belongs to no model would never be removed.
  #requireModel (id: number): ModelRecord {
    const model = this.#database.record<ModelRecord>(keyOf('model', id))
    if (model === undefined) throw problem('model_not_found', { model: `#${id}`, known: '' })
    return model
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
