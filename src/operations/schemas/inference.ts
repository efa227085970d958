/** An inference, as the Open Inference Protocol sees it: named inputs in, named outputs out. */
import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { HostTensor, Shape } from '../../tensor.ts'
import { DATATYPE_NAMES } from '../datatypes.ts'
import type { Datatype } from '../datatypes.ts'
import { component } from './component.ts'
import { oneOf } from './fields.ts'

/** The version of the live network; checkpoints are 1, 2, 3 … */
export const LIVE_VERSION = 0

/** The name of the input of a model that has one; several are data0, data1 … */
export const ONLY_INPUT = 'data'

/** Rows of the largest batch that is run at once. */
export const MOST_ROWS = 4096

/** Names of the extensions of the protocol that this server has, as `GET /v2` lists them. */
export const EXTENSIONS = [
  'classification', 'model_repository', 'model_configuration', 'binary_tensor_data', 'parameters', 'statistics', 'schedule_policy'
] as const

export const version = Type.Integer({
  minimum: LIVE_VERSION, maximum: Number.MAX_SAFE_INTEGER, description: 'Version of the model: 0 is the live network, 1, 2, 3 … are its checkpoints'
})

const dimensions = Type.Unsafe<Shape>({ type: 'array', items: { type: 'integer', format: 'int64', minimum: -1 }, description: '-1 is a dimension that is free' })

export const datatype = oneOf(DATATYPE_NAMES)

export const TensorMetadata = component('TensorMetadata', Type.Object({
  name: Type.String(), datatype, shape: dimensions
}, { additionalProperties: false }))

/** What a network takes and gives, as far as its Blocks state it. */
export interface Signature {
  readonly inputs: ReadonlyArray<Static<typeof TensorMetadata>>
  readonly outputs: ReadonlyArray<Static<typeof TensorMetadata>>
  /** How the inputs make up the arguments of forward: 0 for a tensor, n for a list of n tensors. */
  readonly arguments: readonly number[]
  /** Whether row i of the output depends on row i of the input alone. */
  readonly row_wise: boolean
}

/** One input of an inference: raw elements, little-endian, C order, in as many parts as they arrived in. */
export interface InferenceInput {
  readonly name: string
  readonly datatype: Datatype
  readonly shape: Shape
  readonly parts: ReadonlyArray<Uint8Array<ArrayBuffer>>
}

/** An output that is asked for; with `classification` the so many largest values and their indices. */
export interface RequestedOutput { readonly name: string, readonly classification?: number }

/** The largest values, largest first, of each row or of the whole, and where in it they stand. */
export interface Classes { readonly values: HostTensor, readonly indices: Int32Array<ArrayBuffer> }

/** One output of an inference: a tensor, or classes where they were asked for. */
export type InferenceOutput = { readonly name: string, readonly tensor: HostTensor } | { readonly name: string, readonly classes: Classes }

/** How long an inference took in the engine, in nanoseconds, and with what it shared its batch. */
export interface Measured {
  readonly input_ns: number
  readonly infer_ns: number
  readonly output_ns: number
  /** Rows of this request. */
  readonly rows: number
  /** Rows of the whole batch. */
  readonly batch: number
  /** Whether this request stands for the batch: one of those that shared it. */
  readonly leads: boolean
}

export interface InferenceResult {
  readonly model: string
  readonly version: number
  readonly outputs: readonly InferenceOutput[]
  readonly measured: Measured
}

/** A checkpoint in the memory of an engine. */
export interface LoadedVersion { readonly model: string, readonly version: number }
