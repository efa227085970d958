/** Functions of each element, and of pairs of elements whose shapes broadcast. */
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { shapes, tensor } from '../tensors.ts'
import { call, unary, type Operation, type Operations } from './operation.ts'

/** Two shapes that broadcast: one of them may lack dimensions, or have ones. */
const pairs = fc.tuple(shapes(), fc.array(fc.boolean(), { minLength: 5, maxLength: 5 })).map(([whole, [swap, shorter, ...ones]]) => {
  const part = whole.map((dim, i) => ones[i] === true ? 1 : dim).slice(shorter === true ? 1 : 0)
  return swap === true ? [part, whole] : [whole, part]
})

const binary = (apply: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, more: Partial<Operation> = {}): Operation =>
  ({ calls: pairs.map(inputs => call(inputs, apply)), ...more })

const comparison = { coarse: true, gradient: false } as const
const flat = { gradient: false } as const
const positive = (x: tf.Tensor): tf.Tensor => tf.add(tf.abs(x), 0.5)
/** Within (−1, 1). */
const inside = (x: tf.Tensor): tf.Tensor => tf.div(x, 2.5)
const truths = (x: tf.Tensor): tf.Tensor => tf.greater(x, 0)

export const ELEMENTWISE: Operations = {
  add: binary(tf.add),
  sub: binary(tf.sub),
  mul: binary(tf.mul),
  // A divisor near 0 makes terms so large that the order of their summation shows.
  div: binary(tf.div, { coarse: true }),
  pow: binary((a, b) => tf.pow(positive(a), b), { tolerance: 1e-5 }),
  squaredDifference: binary(tf.squaredDifference),
  maximum: binary(tf.maximum, { coarse: true }),
  minimum: binary(tf.minimum, { coarse: true }),
  atan2: binary((a, b) => tf.atan2(a, positive(b))),
  mod: binary((a, b) => tf.mod(a, positive(b)), { coarse: true, gradient: false }),
  floorDiv: binary((a, b) => tf.floorDiv(tf.cast(tf.mul(a, 8), 'int32'), tf.cast(tf.add(positive(b), 1), 'int32')), flat),
  greater: binary(tf.greater, comparison),
  greaterEqual: binary(tf.greaterEqual, comparison),
  less: binary(tf.less, comparison),
  lessEqual: binary(tf.lessEqual, comparison),
  equal: binary(tf.equal, comparison),
  notEqual: binary(tf.notEqual, comparison),
  logicalAnd: binary((a, b) => tf.logicalAnd(truths(a), truths(b)), flat),
  logicalOr: binary((a, b) => tf.logicalOr(truths(a), truths(b)), flat),
  where: { calls: shapes().map(x => call([x, x], (a: tf.Tensor, b: tf.Tensor) => tf.where(truths(tensor(x, 7)), a, b))) },
  prelu: { calls: shapes(1).map(x => call([x, x.slice(-1)], (a, b) => tf.prelu(a as tf.Tensor, b as tf.Tensor))) },
  addN: { calls: shapes().map(x => call([x, x, x], (...xs) => tf.addN(xs))) },
  relu: unary(tf.relu, { coarse: true }),
  relu6: unary(x => tf.relu6(tf.mul(x, 5)), { coarse: true }),
  leakyRelu: unary(x => tf.leakyRelu(x, 0.1)),
  elu: unary(tf.elu),
  selu: unary(tf.selu),
  sigmoid: unary(tf.sigmoid),
  tanh: unary(tf.tanh),
  softplus: unary(tf.softplus),
  'softplus of large values': unary(x => tf.softplus(tf.mul(x, 50)), { tolerance: 1e-5 }),
  'sigmoid of large values': unary(x => tf.sigmoid(tf.mul(x, 60)), { tolerance: 1e-5 }),
  erf: unary(tf.erf, { tolerance: 5e-6 }),
  abs: unary(tf.abs, { coarse: true }),
  exp: unary(tf.exp),
  expm1: unary(tf.expm1),
  log: unary(x => tf.log(tf.abs(x)), { coarse: true }),
  log1p: unary(x => tf.log1p(tf.abs(x))),
  sqrt: unary(x => tf.sqrt(tf.abs(x)), { coarse: true }),
  rsqrt: unary(x => tf.rsqrt(positive(x))),
  reciprocal: unary(x => tf.reciprocal(positive(x))),
  square: unary(tf.square),
  neg: unary(tf.neg),
  sin: unary(tf.sin),
  cos: unary(tf.cos),
  tan: unary(x => tf.tan(inside(x))),
  asin: unary(x => tf.asin(inside(x))),
  acos: unary(x => tf.acos(inside(x))),
  atan: unary(tf.atan),
  sinh: unary(tf.sinh),
  cosh: unary(tf.cosh),
  asinh: unary(tf.asinh),
  acosh: unary(x => tf.acosh(tf.add(positive(x), 1))),
  atanh: unary(x => tf.atanh(inside(x)), { tolerance: 5e-6 }),
  sign: unary(tf.sign, flat),
  step: unary(x => tf.step(x), comparison),
  floor: unary(tf.floor, flat),
  ceil: unary(tf.ceil, flat),
  round: unary(tf.round, comparison),
  clipByValue: unary(x => tf.clipByValue(x, -1, 0.5), { coarse: true }),
  isNaN: unary(x => tf.isNaN(tf.sqrt(x)), flat),
  isInf: unary(x => tf.isInf(tf.div(x, 0)), flat),
  isFinite: unary(x => tf.isFinite(tf.log(tf.relu(x))), flat),
  logicalNot: unary(x => tf.logicalNot(truths(x)), flat),
  'cast to int32': unary(x => tf.cast(x, 'int32'), flat),
  'cast to bool': unary(x => tf.cast(x, 'bool'), comparison),
  'cast from bool': unary(x => tf.cast(truths(x), 'float32'), flat),
  zerosLike: unary(tf.zerosLike, flat),
  onesLike: unary(tf.onesLike, flat)
}
