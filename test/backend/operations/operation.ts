/** Operations with random inputs they take. */
import type * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { shapes } from '../tensors.ts'

/** One call of an operation. */
export interface Call {
  readonly inputs: readonly (readonly number[])[]
  readonly apply: (...inputs: tf.Tensor[]) => Results
  readonly options?: unknown
}

export interface Operation {
  readonly calls: fc.Arbitrary<Call>
  /** Values many of which are equal, for what compares. */
  readonly coarse?: boolean
  /** False: it has no gradient. */
  readonly gradient?: false
  /** How far results may be apart, when not by a few roundings. */
  readonly tolerance?: number
  /** How often it is called, when a call takes long. */
  readonly runs?: number
}

export type Operations = Readonly<Record<string, Operation>>

type Results = tf.Tensor | tf.Tensor[]

/** A call with inputs of these shapes. `options` is what else it is called with, for the message of a failure. */
export const call = <T extends tf.Tensor[]>(inputs: Call['inputs'], apply: (...inputs: T) => Results, options?: unknown): Call =>
  ({ inputs, apply: apply as Call['apply'], options })

export const size = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max })

/** An operation of one tensor of any shape. */
export const unary = (apply: (x: tf.Tensor) => Results, more: Partial<Operation> = {}, from = shapes()): Operation =>
  ({ calls: from.map(x => call([x], apply)), ...more })
