/** Answers made of the records of checkpoints, arrays and stored architectures. */
import type { Static } from 'typebox'
import type { DType, Shape } from '../tensor.ts'
import type { ArraysSummary } from './schemas/arrays.ts'
import type { Architecture } from './schemas/catalogue.ts'
import type { Checkpoint } from './schemas/checkpoint.ts'
import type { Open, Spec } from './schemas/spec.ts'

interface Entry { readonly name: string | null, readonly shape: Shape, readonly dtype: DType }
type Json = Readonly<Record<string, unknown>>

interface CheckpointFacts {
  readonly id: number
  readonly format: string
  readonly bytes: number
  readonly sha256: string
  readonly note: string | null
  readonly created_at: string
  readonly architecture: string | null
  readonly spec: Json
  readonly seed: number
  readonly names: readonly Entry[]
}

export function checkpointView (facts: CheckpointFacts): Static<typeof Checkpoint> {
  const { id, bytes, sha256, note, created_at, architecture, seed } = facts
  return {
    id, format: facts.format as 'mxnet', bytes, sha256, note, created_at, architecture, spec: facts.spec as Spec, seed, tensors: [...facts.names]
  }
}

interface ArraysFacts {
  readonly name: string
  readonly kind: 'array' | 'list' | 'dict'
  readonly entries: readonly Entry[]
  readonly bytes: number
  readonly sha256: string
  readonly created_at: string
  readonly updated_at: string
}

export function arraysView ({ name, kind, entries, bytes, sha256, created_at, updated_at }: ArraysFacts): Static<typeof ArraysSummary> {
  return { name, kind, entries: [...entries], bytes, sha256, created_at, updated_at }
}

interface ArchitectureFacts { readonly name: string, readonly spec: Json, readonly created_at: string, readonly updated_at: string }

/** A stored spec. */
export function storedArchitectureView ({ name, spec, created_at, updated_at }: ArchitectureFacts): Static<typeof Architecture> {
  const options = { type: 'object', properties: {} } as Open
  return { name, source: 'spec', read_only: false, summary: null, options, spec: spec as Spec, created_at, updated_at }
}
