/** What the store offers: reading, transactions, and the life of both. */
import type { Readable } from 'node:stream'
import type { HostTensor } from '../tensor.ts'
import type {
  ArchitectureRecord, ArrayManifest, ArrayRecord, CheckpointManifest, CheckpointRecord, Loaded, ModelRecord, Outcome
} from './records.ts'

export type * from './records.ts'

/** `limit` items behind the one that is named `after`. */
export interface Page<Cursor> {
  readonly limit: number
  readonly after?: Cursor | undefined
}

/** Some items, and the `after` of the next page, null on the last. */
export interface List<Item, Cursor> {
  readonly items: readonly Item[]
  readonly next: Cursor | null
}

/**
 * Every call answers from what is committed when it starts. Tensors and bytes own their memory. What does not exist is `undefined`.
 * Throws `data_damaged` when a content that a record names is missing.
 */
export interface Reader {
  /** Models by name. */
  models (page: Page<string>): List<ModelRecord, string>
  modelCount (): number
  model (name: string): ModelRecord | undefined
  modelById (id: number): ModelRecord | undefined
  /** The saved value of a parameter of the model `id`. */
  value (id: number, parameter: string): HostTensor | undefined
  /** The saved state of the random stream of the model `id`. */
  stream (id: number): Uint8Array | undefined
  /** Architectures by name. */
  architectures (page: Page<string>): List<ArchitectureRecord, string>
  architecture (name: string): ArchitectureRecord | undefined
  /** Checkpoints of the model `id`, oldest first. */
  checkpoints (id: number, page: Page<number>): List<CheckpointRecord, number>
  checkpoint (id: number, checkpoint: number): CheckpointRecord | undefined
  /** A checkpoint and its whole file; the caller compares its SHA-256 with the record's. */
  checkpointContent (id: number, checkpoint: number): Loaded<CheckpointRecord, Uint8Array<ArrayBuffer>> | undefined
  /** A checkpoint and a stream of its file, which must be consumed or destroyed, and survives the removal of the checkpoint. */
  checkpointStream (id: number, checkpoint: number): Loaded<CheckpointRecord, Readable> | undefined
  /** Arrays by name. */
  arrays (page: Page<string>): List<ArrayRecord, string>
  array (name: string): ArrayRecord | undefined
  /** Arrays and their bytes, of the same commit. */
  arrayContent (name: string): Loaded<ArrayRecord, Uint8Array<ArrayBuffer>> | undefined
  /** What was answered for an idempotency key in the last 24 hours. */
  outcome (key: string): Outcome | undefined
}

/** Reads see what the transaction wrote so far. Removing what does not exist does nothing. */
export interface Transaction extends Reader {
  /** 1, 2, 3 …, never the same again. */
  nextModelId (): number
  /** Adds or replaces the model of `record.id`; `checkpoints_made` never goes back. Throws `model_exists` when another has its name. */
  putModel (record: ModelRecord): void
  /** Removes a model with its values, stream and checkpoints. */
  removeModel (id: number): void
  /** Throws `model_not_found` unless the model was put before. */
  putValue (id: number, parameter: string, tensor: HostTensor): void
  removeValue (id: number, parameter: string): void
  /** Throws `model_not_found` unless the model was put before. */
  putStream (id: number, bytes: Uint8Array): void
  putArchitecture (record: ArchitectureRecord): void
  removeArchitecture (name: string): void
  /** Adds a checkpoint under the next id of the model, and counts it there. Throws `model_not_found` unless the model was put before. */
  putCheckpoint (id: number, manifest: CheckpointManifest, bytes: Uint8Array): CheckpointRecord
  removeCheckpoint (id: number, checkpoint: number): void
  /** Adds or replaces the arrays of that name. */
  putArrays (name: string, manifest: ArrayManifest, bytes: Uint8Array): ArrayRecord
  removeArrays (name: string): void
  /** Keeps an answer for 24 hours from `outcome.at` on. */
  putOutcome (key: string, outcome: Outcome): void
}

export interface ReadOnlyStore extends Reader {
  close (): void
}

export interface Store extends ReadOnlyStore {
  /**
   * Runs `change`, which must be synchronous, as one transaction, and returns what it returns once everything is on disk.
   * When `change` throws, nothing has changed. Throws `storage_failed` when the disk refuses.
   */
  transact<T> (change: (tx: Transaction) => T): T
}
