/** The operations the server computes with, on inputs that are the same everywhere. */
import * as tf from '@tensorflow/tfjs-core'

export interface Case {
  readonly name: string
  /** Shapes of the inputs. */
  readonly inputs: ReadonlyArray<readonly number[]>
  readonly apply: (...inputs: tf.Tensor[]) => tf.Tensor
  /** It has no gradient. */
  readonly forwardOnly?: true
}

type Apply = Case['apply']
const of = (name: string, inputs: Case['inputs'], apply: Apply): Case => ({ name, inputs, apply })
const forward = (name: string, inputs: Case['inputs'], apply: Apply): Case => ({ name, inputs, apply, forwardOnly: true })

const IMAGES = [2, 9, 9, 3]
const FILTER = [3, 3, 3, 5]
const MATRIX = [16, 24]
const as4d = (x?: tf.Tensor): tf.Tensor4D => x as tf.Tensor4D
const one = (apply: (x: tf.Tensor) => tf.Tensor): Apply => x => apply(x as tf.Tensor)
const two = (apply: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Apply => (a, b) => apply(a as tf.Tensor, b as tf.Tensor)
const indices = (): tf.Tensor1D => tf.tensor1d([3, 0, 3, 15, 7], 'int32')

const matMul = (name: string, a: readonly number[], b: readonly number[], transposeA = false, transposeB = false): Case =>
  of(`matMul ${name}`, [a, b], two((x, y) => tf.matMul(x, y, transposeA, transposeB)))

const conv2d = (stride: number, pad: 'same' | 'valid', dilation = 1): Apply => (x, w) =>
  tf.conv2d(as4d(x), as4d(w), stride, pad, 'NHWC', dilation)

const unary = (name: string, apply: (x: tf.Tensor) => tf.Tensor): Case => of(name, [MATRIX], one(apply))
const binary = (name: string, apply: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Case => of(name, [MATRIX, [24]], two(apply))
const reduction = (name: string, apply: (x: tf.Tensor, axis: number[]) => tf.Tensor): Case =>
  of(name, [[6, 5, 4]], one(x => apply(x, [0, 2])))

const products: readonly Case[] = [
  matMul('a b', [37, 100], [100, 53]),
  matMul('aᵀ b', [100, 37], [100, 53], true),
  matMul('a bᵀ', [37, 100], [53, 100], false, true),
  matMul('aᵀ bᵀ', [100, 37], [53, 100], true, true),
  matMul('in batches', [3, 7, 20], [3, 20, 5]),
  forward('einsum', [[4, 6], [6, 3]], two((a, b) => tf.einsum('ij,jk->ki', a, b)))
]

const images: readonly Case[] = [
  of('conv2d', [IMAGES, FILTER], conv2d(1, 'same')),
  of('conv2d with stride 2', [IMAGES, FILTER], conv2d(2, 'valid')),
  forward('conv2d with dilation 2', [IMAGES, FILTER], conv2d(1, 'valid', 2)),
  of('conv2dTranspose', [[2, 5, 5, 4], [3, 3, 3, 4]], (x, w) => tf.conv2dTranspose(as4d(x), as4d(w), [2, 10, 10, 3], 2, 'same')),
  of('depthwiseConv2d', [IMAGES, [3, 3, 3, 2]], (x, w) => tf.depthwiseConv2d(as4d(x), as4d(w), 1, 'same')),
  of('maxPool', [IMAGES], x => tf.maxPool(as4d(x), 2, 2, 'valid')),
  of('maxPool of negative values', [IMAGES], x => tf.maxPool(tf.sub(as4d(x), 9), 3, 2, 'same')),
  of('avgPool', [IMAGES], x => tf.avgPool(as4d(x), 2, 2, 'valid')),
  of('batchNorm', [IMAGES, [3], [3]], (x, scale, offset) => {
    const { mean, variance } = tf.moments(x as tf.Tensor, [0, 1, 2])
    return tf.batchNorm(as4d(x), mean as tf.Tensor1D, variance as tf.Tensor1D, offset as tf.Tensor1D, scale as tf.Tensor1D)
  })
]

const elements: readonly Case[] = [
  unary('relu', tf.relu), unary('sigmoid', tf.sigmoid), unary('tanh', tf.tanh), unary('softplus', tf.softplus), unary('exp', tf.exp),
  unary('abs', tf.abs), unary('square', tf.square), unary('log', x => tf.log(tf.add(tf.square(x), 1))), unary('sqrt', x => tf.sqrt(tf.add(tf.square(x), 1))),
  binary('add', tf.add), binary('sub', tf.sub), binary('mul', tf.mul), binary('div', (a, b) => tf.div(a, tf.add(tf.square(b), 1))),
  of('maximum', [MATRIX, MATRIX], two(tf.maximum)), of('minimum', [MATRIX, MATRIX], two(tf.minimum)),
  of('where', [MATRIX, MATRIX], two((a, b) => tf.where(tf.greater(inputOf(MATRIX, 7), 0), a, b))),
  of('softmax', [MATRIX], one(x => tf.softmax(x))), of('logSoftmax', [MATRIX], one(x => tf.logSoftmax(x)))
]

const reductions: readonly Case[] = [
  reduction('sum', tf.sum), reduction('mean', tf.mean), reduction('max', tf.max), reduction('min', tf.min),
  reduction('variance', (x, axis) => tf.moments(x, axis).variance),
  of('cumsum', [MATRIX], one(x => tf.cumsum(x, 1))),
  forward('argMax', [MATRIX], one(x => tf.argMax(x, 1))),
  forward('topk', [MATRIX], one(x => tf.topk(x, 3).values))
]

const rearrangements: readonly Case[] = [
  of('gather', [MATRIX], one(x => tf.gather(x, indices()))),
  of('unsortedSegmentSum', [[5, 4]], one(x => tf.unsortedSegmentSum(x, indices(), 16))),
  of('transpose', [[6, 5, 4]], one(x => tf.transpose(x, [2, 0, 1]))),
  of('concat', [MATRIX, [8, 24]], two((a, b) => tf.concat([a, b], 0))),
  of('slice', [[6, 5, 4]], one(x => tf.slice(x, [1, 0, 2], [3, 5, 1]))),
  of('pad', [MATRIX], one(x => tf.pad(x, [[1, 2], [0, 3]]))),
  of('tile', [MATRIX], one(x => tf.tile(x, [2, 1])))
]

export const CASES: readonly Case[] = [...products, ...images, ...elements, ...reductions, ...rearrangements]

/** Values in (−2, 2) that follow from a seed. */
export function inputOf (shape: readonly number[], seed: number): tf.Tensor {
  let state = seed
  const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state / 2 ** 32 - 0.5) * 4
  })
  return tf.tensor(values, [...shape])
}
