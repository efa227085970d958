/** Every operation the Block library uses, with random inputs it takes. */
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { dimension, fullShapes, shapes } from './tensors.ts'

/** One call of an operation. */
export interface Call {
  readonly inputs: readonly (readonly number[])[]
  readonly apply: (...inputs: tf.Tensor[]) => tf.Tensor
  /** What else it was called with, for the message of a failure. */
  readonly options?: unknown
  /** TensorFlow.js has no gradient of this call. */
  readonly gradient?: false
}

export interface Operation {
  readonly calls: fc.Arbitrary<Call>
  /** Values many of which are equal, for what compares. */
  readonly coarse?: boolean
  readonly gradient?: false
}

type Unary = (x: tf.Tensor) => tf.Tensor
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor
type Reduction = (x: tf.Tensor, axis?: number[], keepDims?: boolean) => tf.Tensor

const unary = (apply: Unary): Operation => ({ calls: shapes().map(x => ({ inputs: [x], apply: apply as Call['apply'] })) })

/** Two shapes that broadcast: one of them may lack dimensions, or have ones. */
const pairs = fc.tuple(shapes(), fc.array(fc.boolean(), { minLength: 5, maxLength: 5 })).map(([whole, [swap, shorter, ...ones]]) => {
  const part = whole.map((dim, i) => ones[i] === true ? 1 : dim).slice(shorter === true ? 1 : 0)
  return swap === true ? [part, whole] : [whole, part]
})
const binary = (apply: Binary, more: Partial<Operation> = {}, lacksGradient = shrinksToNothing): Operation => ({
  calls: pairs.map(inputs => ({ inputs, apply: apply as Call['apply'], ...lacksGradient(inputs) && { gradient: false } })), ...more
})

/** Whether the shapes differ: TensorFlow.js forgets to sum the gradients of maximum and minimum over what was broadcast. */
const broadcasts = ([a = [], b = []]: number[][]): boolean => String(a) !== String(b)

/** Whether a dimension of 1 broadcasts to 0: its gradient is a sum that TensorFlow.js forgets, so that it throws. */
function shrinksToNothing ([a = [], b = []]: number[][]): boolean {
  const [x, y] = [a.toReversed(), b.toReversed()]
  return x.some((dim, i) => y[i] !== undefined && dim !== y[i] && dim * y[i] === 0)
}

const axesOf = (x: readonly number[]): fc.Arbitrary<{ axis: number[] | undefined, keepDims: boolean }> =>
  fc.record({ axis: fc.option(fc.subarray([...x.keys()]), { nil: undefined }), keepDims: fc.boolean() })

const reduction = (reduce: Reduction, from = shapes()): Operation => ({
  calls: from.chain(x => axesOf(x).map(options => ({
    inputs: [x], options, apply: (input: tf.Tensor) => reduce(input, options.axis, options.keepDims)
  })))
})

const swapped = (batch: readonly number[], rows: number, columns: number, swap: boolean): number[] =>
  [...batch, ...swap ? [columns, rows] : [rows, columns]]

/** Sums of `inner` products each. */
const product = (inner: fc.Arbitrary<number>): Operation => ({
  calls: fc.tuple(shapes(0, 2), dimension, inner, dimension, fc.boolean(), fc.boolean()).map(([batch, m, k, n, a, b]) => ({
    inputs: [swapped(batch, m, k, a), swapped(batch, k, n, b)],
    options: { a, b },
    apply: (...[x, y]: tf.Tensor[]) => tf.matMul(x as tf.Tensor, y as tf.Tensor, a, b)
  }))
})

const transposition: Operation = {
  calls: shapes(0, 6).chain(x => fc.shuffledSubarray([...x.keys()], { minLength: x.length }).map(perm => ({
    inputs: [x], options: perm, apply: (input: tf.Tensor) => tf.transpose(input, perm)
  })))
}

const concatenation: Operation = {
  calls: fc.tuple(fc.array(dimension, { minLength: 1, maxLength: 4 }), shapes(0, 2), shapes(0, 2)).map(([lengths, before, after]) => ({
    inputs: lengths.map(length => [...before, length, ...after]), apply: (...parts: tf.Tensor[]) => tf.concat(parts, before.length)
  }))
}

const part = (dim: number): fc.Arbitrary<readonly [number, number]> =>
  fc.tuple(fc.integer({ min: 0, max: dim }), fc.integer({ min: 0, max: dim })).map(([a, b]) => [Math.min(a, b), Math.abs(a - b)])

const slicing: Operation = {
  calls: shapes(1, 5).chain(x => fc.tuple(...x.map(part)).map(parts => ({
    inputs: [x], options: parts, apply: (input: tf.Tensor) => tf.slice(input, parts.map(([begin]) => begin), parts.map(([, size]) => size))
  })))
}

const comparison = { coarse: true, gradient: false } as const

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  matMul: product(dimension),
  // Multiples of a half: long sums are exact, so their order does not matter.
  'matMul of long rows': { ...product(fc.integer({ min: 40, max: 100 })), coarse: true },
  add: binary(tf.add),
  sub: binary(tf.sub),
  mul: binary(tf.mul),
  // A divisor near 0 makes terms so large that the order of their summation shows.
  div: binary(tf.div, { coarse: true }),
  maximum: binary(tf.maximum, { coarse: true }, broadcasts),
  minimum: binary(tf.minimum, { coarse: true }, broadcasts),
  greater: binary(tf.greater, comparison),
  less: binary(tf.less, comparison),
  equal: binary(tf.equal, comparison),
  relu: unary(tf.relu),
  sigmoid: unary(tf.sigmoid),
  tanh: unary(tf.tanh),
  softplus: unary(tf.softplus),
  abs: unary(tf.abs),
  exp: unary(tf.exp),
  log: unary(x => tf.log(tf.abs(x))),
  sqrt: unary(x => tf.sqrt(tf.abs(x))),
  square: unary(tf.square),
  neg: unary(tf.neg),
  sign: { ...unary(tf.sign), gradient: false },
  sum: reduction(tf.sum),
  mean: reduction(tf.mean, fullShapes()),
  max: { ...reduction(tf.max, fullShapes()), coarse: true },
  reshape: unary(x => tf.reshape(x, x.shape.toReversed())),
  transpose: transposition,
  concat: concatenation,
  slice: slicing
}
