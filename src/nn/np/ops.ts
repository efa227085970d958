/** MXNet's array functions as Blocks use them. Shapes broadcast as in NumPy. Nothing is done in place. */
import * as tf from '@tensorflow/tfjs-core'
import { problem } from '../../errors.ts'
import { formatShape, type Shape } from '../../tensor.ts'
import { checkShape, isNDArray, type NDArray } from './array.ts'
import { inheritDtype } from './dtypes.ts'

export type Operand = NDArray | number

const constant = (value: Operand): NDArray => isNDArray(value) ? value : tf.scalar(value)

function binary (operator: string, apply: (a: NDArray, b: NDArray) => NDArray) {
  return (a: Operand, b: Operand): NDArray => {
    const [left, right] = [constant(a), constant(b)]
    checkShape(broadcastShape(operator, left.shape, right.shape))
    return inheritDtype(apply(left, right), [left, right])
  }
}

const unary = (apply: (x: NDArray) => NDArray) => (x: NDArray): NDArray => inheritDtype(apply(x), [x])

/** The shape two shapes broadcast to. Throws `shape_mismatch`. */
export function broadcastShape (operator: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const [x, y] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1]
    if (x !== y && x !== 1 && y !== 1) throw mismatch(operator, a, b)
    return x === 1 ? y : x
  })
}

export const add = binary('add', tf.add)
export const subtract = binary('subtract', tf.sub)
export const multiply = binary('multiply', tf.mul)
export const divide = binary('divide', tf.div)
export const maximum = binary('maximum', tf.maximum)
export const minimum = binary('minimum', tf.minimum)
export const greater = binary('greater', tf.greater)
export const less = binary('less', tf.less)
export const equal = binary('equal', tf.equal)

export const abs = unary(tf.abs)
export const exp = unary(tf.exp)
export const log = unary(tf.log)
export const negative = unary(tf.neg)
export const relu = unary(tf.relu)
export const sigmoid = unary(tf.sigmoid)
export const sqrt = unary(tf.sqrt)
export const square = unary(tf.square)
export const tanh = unary(tf.tanh)

/** Sum over an axis, or over all. */
export const sum = (x: NDArray, axis?: number): NDArray => inheritDtype(tf.sum(x, checkAxis('sum', x, axis)), [x])
/** Mean over an axis, or over all. */
export const mean = (x: NDArray, axis?: number): NDArray => inheritDtype(tf.mean(x, checkAxis('mean', x, axis)), [x])
/** Largest value over an axis, or of all. Throws `empty_reduction`: the largest of nothing does not exist. */
export function max (x: NDArray, axis?: number): NDArray {
  const along = checkAxis('max', x, axis)
  const over = along === undefined ? x.size : x.shape[along]
  const results = along === undefined ? 1 : x.shape.reduce((product, dim, i) => i === along ? product : product * dim, 1)
  if (over === 0 && results > 0) throw problem('empty_reduction', { operator: 'max', shape: formatShape(x.shape) })
  return inheritDtype(tf.max(x, along), [x])
}

/**
 * NumPy's dot: vectors give their inner product, otherwise the last axis of `a` is summed with the last but one of `b`
 * (matrices: the product). A scalar multiplies.
 */
export function dot (a: NDArray, b: NDArray): NDArray {
  if (a.rank === 0 || b.rank === 0) return multiply(a, b)
  const inner = a.shape.at(-1) as number
  const rows = b.shape.at(b.rank === 1 ? -1 : -2) as number
  if (inner !== rows) throw mismatch('dot', a.shape, b.shape)
  const kept = b.rank === 1 ? [] : [...b.shape.slice(0, -2), ...b.shape.slice(-1)]
  const shape = [...a.shape.slice(0, -1), ...kept]
  checkShape(shape)
  const left = tf.reshape(a, [a.size === 0 ? shape.slice(0, a.rank - 1).reduce((p, d) => p * d, 1) : -1, inner]) as tf.Tensor2D
  return inheritDtype(tf.reshape(tf.matMul(left, innerFirst(b, inner)), shape), [a, b])
}

/** Gives the values another shape; one dimension may be −1. Throws `shape_mismatch`. */
export function reshape (x: NDArray, shape: Shape): NDArray {
  const wanted = inferReshape(x, shape)
  checkShape(wanted)
  return inheritDtype(tf.reshape(x, [...wanted]), [x])
}

/** Joins arrays along an axis. Throws `shape_mismatch`, and `invalid_tensor` when there are none. */
export function concatenate (arrays: readonly NDArray[], axis = 0): NDArray {
  const [first, ...rest] = arrays
  if (first === undefined) throw problem('invalid_tensor', { where: 'concatenate', detail: 'there are no arrays to join' })
  const along = checkAxis('concatenate', first, axis) as number
  for (const other of rest) {
    const fits = other.rank === first.rank && other.shape.every((dim, i) => i === along || dim === first.shape[i])
    if (!fits) throw mismatch('concatenate', first.shape, other.shape)
  }
  checkShape(first.shape.map((dim, i) => i === along ? arrays.reduce((total, item) => total + (item.shape[i] ?? 0), 0) : dim))
  return inheritDtype(tf.concat([...arrays], along), arrays)
}

export const zeros = (shape: Shape): NDArray => { checkShape(shape); return tf.zeros([...shape]) }
export const ones = (shape: Shape): NDArray => { checkShape(shape); return tf.ones([...shape]) }
/** 0, 1, …, n − 1. */
export const arange = (n: number): NDArray => { checkShape([n]); return tf.range(0, n) }

function innerFirst (b: NDArray, inner: number): tf.Tensor2D {
  if (b.rank <= 2) return tf.reshape(b, [inner, b.size === 0 ? b.shape[1] ?? 1 : -1]) as tf.Tensor2D
  const axes = [b.rank - 2, ...Array.from({ length: b.rank - 2 }, (_, i) => i), b.rank - 1]
  return tf.reshape(tf.transpose(b, axes), [inner, b.size / inner]) as tf.Tensor2D
}

function inferReshape (x: NDArray, shape: Shape): Shape {
  const known = shape.filter(dim => dim !== -1).reduce((product, dim) => product * dim, 1)
  const free = shape.filter(dim => dim === -1).length
  const filled = free === 1 && known > 0 ? shape.map(dim => dim === -1 ? x.size / known : dim) : shape
  const valid = filled.every(dim => Number.isInteger(dim) && dim >= 0) && filled.reduce((product, dim) => product * dim, 1) === x.size
  if (!valid) throw mismatch('reshape', x.shape, shape)
  return filled
}

function checkAxis (operator: string, x: NDArray, axis: number | undefined): number | undefined {
  if (axis === undefined) return undefined
  const positive = axis < 0 ? axis + x.rank : axis
  if (Number.isInteger(axis) && positive >= 0 && positive < x.rank) return positive
  throw problem('axis_out_of_range', { operator, axis, shape: formatShape(x.shape) })
}

function mismatch (operator: string, a: Shape, b: Shape): Error {
  return problem('shape_mismatch', { operator, a: formatShape(a), b: formatShape(b) })
}
