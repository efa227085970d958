/** What makes one value of many. */
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { fullShapes, shapes } from '../tensors.ts'
import { call, size, unary, type Operation, type Operations } from './operation.ts'

type Reduction = (x: tf.Tensor, axis?: number[], keepDims?: boolean) => tf.Tensor

const axesOf = (x: readonly number[]): fc.Arbitrary<{ axis: number[] | undefined, keepDims: boolean }> =>
  fc.record({ axis: fc.option(fc.subarray([...x.keys()]), { nil: undefined }), keepDims: fc.boolean() })

const reduction = (reduce: Reduction, from = shapes(), more: Partial<Operation> = {}): Operation => ({
  calls: from.chain(x => axesOf(x).map(options => call([x], (input: tf.Tensor) => reduce(input, options.axis, options.keepDims), options))),
  ...more
})

/** Along one axis. */
export const along = (
  apply: (x: tf.Tensor, axis: number) => tf.Tensor | tf.Tensor[], from = fullShapes(1), more: Partial<Operation> = {}
): Operation => ({
  calls: from.chain(x => size(0, x.length - 1).map(axis => call([x], (input: tf.Tensor) => apply(input, axis), axis))),
  ...more
})

const comparing = { coarse: true } as const
const flat = { coarse: true, gradient: false } as const
const truths = (x: tf.Tensor): tf.Tensor => tf.greater(x, -1)

/** The pieces that a layer of normalization is made of. */
function normalized (x: tf.Tensor, axis: number): tf.Tensor {
  const { mean, variance } = tf.moments(x, axis, true)
  return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-2)))
}

export const REDUCTIONS: Operations = {
  sum: reduction(tf.sum),
  mean: reduction(tf.mean, fullShapes()),
  prod: reduction(tf.prod, fullShapes(0, 3), { coarse: true, tolerance: 1e-5 }),
  max: reduction(tf.max, fullShapes(), comparing),
  min: reduction(tf.min, fullShapes(), comparing),
  // All of nothing is true; JavaScript says false.
  all: reduction((x, axis, keepDims) => tf.all(truths(x), axis, keepDims), fullShapes(), flat),
  any: reduction((x, axis, keepDims) => tf.any(truths(x), axis, keepDims), shapes(), flat),
  logSumExp: reduction(tf.logSumExp, fullShapes(), { tolerance: 5e-6 }),
  'sum of whole numbers': reduction((x, axis, keepDims) => tf.sum(tf.cast(x, 'int32'), axis, keepDims), shapes(), flat),
  argMax: along((x, axis) => tf.argMax(x, axis), fullShapes(1), flat),
  argMin: along((x, axis) => tf.argMin(x, axis), fullShapes(1), flat),
  cumsum: along((x, axis) => tf.cumsum(x, axis), fullShapes(1)),
  'exclusive, reversed cumsum': along((x, axis) => tf.cumsum(x, axis, true, true), fullShapes(1)),
  'moments of an axis': along((x, axis) => Object.values(tf.moments(x, axis)) as tf.Tensor[], fullShapes(1)),
  'normalization of an axis': along(normalized, fullShapes(1), { tolerance: 2e-5 }),
  norm: along((x, axis) => tf.norm(x, 2, axis), fullShapes(1), { tolerance: 5e-6 }),
  softmax: unary(x => tf.softmax(x), { tolerance: 5e-6 }, fullShapes(1)),
  logSoftmax: unary(x => tf.logSoftmax(x), { tolerance: 5e-6 }, fullShapes(1)),
  'softmax of large values': unary(x => tf.softmax(tf.mul(x, 100)), { tolerance: 5e-5, coarse: true }, fullShapes(1)),
  topk: unary(x => { const { values, indices } = tf.topk(x, 1); return [values, indices] }, flat, fullShapes(1))
}
