/** The records of the store: plain JSON, snake_case, times as ISO 8601 strings, sizes in bytes. */
import type { DType, Shape } from '../tensor.ts'

/** An opaque JSON object: the store keeps it and never looks inside. */
export type JsonObject = Readonly<Record<string, unknown>>

/** How inferences of a model are served; what is absent has its default. */
export interface ServingRecord {
  /** Rows. */
  readonly max_batch_size?: number
  /** Microseconds. */
  readonly max_queue_delay_us?: number
  readonly cache_bytes?: number
}

export type ModelState = 'created' | 'initialized' | 'ready' | 'unavailable'

export interface ModelRecord {
  /** Given once by `nextModelId`, never used again; the name may be. */
  readonly id: number
  readonly name: string
  readonly revision: number
  readonly seed: number
  /** The architecture it was made from, null for an inline spec. */
  readonly architecture: string | null
  readonly spec: JsonObject
  readonly options: JsonObject
  /** The Block types it needs to be built again. */
  readonly types: readonly string[]
  readonly state: ModelState
  /** Why it is unavailable, else null. */
  readonly reason: string | null
  /** Whether it was unloaded, and so takes no memory in engines. */
  readonly unloaded?: boolean
  readonly serving?: ServingRecord
  readonly created_at: string
  readonly updated_at: string
  /** How many checkpoints were ever made of it: the id of the newest. */
  readonly checkpoints_made: number
  readonly description: JsonObject
}

export interface ArchitectureRecord {
  readonly name: string
  readonly spec: JsonObject
  readonly created_at: string
  readonly updated_at: string
}

/** Where the bytes of a record are: in the blob of that name, or beside the record when it is null. */
export interface Content {
  readonly bytes: number
  readonly blob: string | null
}

/** A record with its bytes, or a stream of them. */
export interface Loaded<R extends Content, T> {
  readonly record: R
  readonly content: T
}

/** One array as lists and manifests show it. */
export interface ArrayEntry {
  readonly name: string | null
  readonly shape: Shape
  readonly dtype: DType
}

export interface CheckpointRecord extends Content {
  /** 1, 2, 3 … in each model. */
  readonly id: number
  readonly format: string
  readonly note: string | null
  /** Lower-case hexadecimal SHA-256 of the content. */
  readonly sha256: string
  readonly created_at: string
  readonly architecture: string | null
  readonly spec: JsonObject
  readonly seed: number
  readonly names: readonly ArrayEntry[]
  /** What the network takes and gives; absent in records of earlier versions of the program. */
  readonly signature?: JsonObject
}

export interface ArrayRecord extends Content {
  readonly name: string
  readonly kind: 'array' | 'list' | 'dict'
  readonly entries: readonly ArrayEntry[]
  readonly sha256: string
  readonly created_at: string
  readonly updated_at: string
}

/** A saved tensor, without its values. */
export interface ValueRecord extends Content {
  readonly dtype: DType
  readonly shape: Shape
}

/** What a mutation with an idempotency key answered. */
export interface Outcome {
  /** Tells whether a retry is the same request. */
  readonly fingerprint: string
  readonly status: number
  readonly body: unknown
  readonly at: string
}

/** What the caller says about a checkpoint; the store adds the rest. */
export type CheckpointManifest = Omit<CheckpointRecord, 'id' | 'bytes' | 'sha256' | 'blob'>

/** What the caller says about arrays; the store adds the rest. */
export type ArrayManifest = Omit<ArrayRecord, 'name' | 'bytes' | 'sha256' | 'blob'>
