/** What only moves values. */
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { dimension, fullShapes, shapes } from '../tensors.ts'
import { call, size, unary, type Operation, type Operations } from './operation.ts'
import { along } from './reductions.ts'

const transposition: Operation = {
  calls: shapes(0, 6).chain(x => fc.shuffledSubarray([...x.keys()], { minLength: x.length }).map(perm =>
    call([x], (input: tf.Tensor) => tf.transpose(input, perm), perm)))
}

const concatenation: Operation = {
  calls: fc.tuple(fc.array(dimension, { minLength: 1, maxLength: 4 }), shapes(0, 2), shapes(0, 2)).map(([lengths, before, after]) =>
    call(lengths.map(length => [...before, length, ...after]), (...parts: tf.Tensor[]) => tf.concat(parts, before.length)))
}

const stacking: Operation = {
  calls: fullShapes(0, 3).chain(x => fc.tuple(size(1, 4), size(0, x.length)).map(([count, axis]) =>
    call(Array<number[]>(count).fill(x), (...parts: tf.Tensor[]) => tf.stack(parts, axis), axis)))
}

const part = (dim: number): fc.Arbitrary<readonly [number, number]> =>
  fc.tuple(size(0, dim), size(0, dim)).map(([a, b]) => [Math.min(a, b), Math.abs(a - b)])

const slicing: Operation = {
  calls: shapes(1, 5).chain(x => fc.tuple(...x.map(part)).map(parts =>
    call([x], (input: tf.Tensor) => tf.slice(input, parts.map(([begin]) => begin), parts.map(([, extent]) => extent)), parts)))
}

/** With one pair or number for every axis. */
const perAxis = <T>(
  of: fc.Arbitrary<T>, apply: (x: tf.Tensor, each: T[]) => tf.Tensor, from = fullShapes(1, 4), more: Partial<Operation> = {}
): Operation => ({
    calls: from.chain(x => fc.array(of, { minLength: x.length, maxLength: x.length }).map(each =>
      call([x], (input: tf.Tensor) => apply(input, each), each))),
    ...more
  })

const margins = fc.tuple(size(0, 2), size(0, 2))

const gathering: Operation = {
  calls: fullShapes(1, 3).chain(x => size(0, x.length - 1).chain(axis =>
    fc.array(size(0, x[axis] as number - 1), { minLength: 1, maxLength: 6 }).map(indices =>
      call([x], (input: tf.Tensor) => tf.gather(input, tf.tensor1d(indices, 'int32'), axis), { axis, indices }))))
}

const hot: Operation = {
  gradient: false,
  calls: fc.array(size(-1, 5), { minLength: 1, maxLength: 5 }).map(indices =>
    call([], () => tf.oneHot(tf.tensor1d(indices, 'int32'), 5), indices))
}

const segments: Operation = {
  calls: fc.tuple(fc.array(size(0, 3), { minLength: 1, maxLength: 6 }), fullShapes(0, 2)).map(([ids, row]) =>
    call([[ids.length, ...row]], (x: tf.Tensor) => tf.unsortedSegmentSum(x, tf.tensor1d(ids, 'int32'), 4), ids))
}

export const ARRANGEMENTS: Operations = {
  reshape: unary(x => tf.reshape(x, x.shape.toReversed())),
  expandDims: along((x, axis) => tf.expandDims(x, axis)),
  squeeze: unary(x => tf.squeeze(x), {}, fullShapes()),
  transpose: transposition,
  concat: concatenation,
  stack: stacking,
  unstack: along((x, axis) => tf.unstack(x, axis)),
  split: along((x, axis) => tf.split(x, [1, x.shape[axis] as number - 1], axis), fc.array(size(2, 5), { minLength: 1, maxLength: 4 })),
  slice: slicing,
  tile: perAxis(size(1, 3), (x, times) => tf.tile(x, times)),
  pad: perAxis(margins, (x, each) => tf.pad(x, each, 0.5)),
  'mirrored padding': perAxis(fc.tuple(size(0, 1), size(0, 1)), (x, each) => tf.mirrorPad(x, each, 'reflect'),
    fc.array(size(2, 5), { minLength: 1, maxLength: 4 }), { gradient: false }),
  reverse: along((x, axis) => tf.reverse(x, axis)),
  broadcastTo: unary(x => tf.broadcastTo(x, [3, ...x.shape]), {}, fullShapes(0, 3)),
  gather: gathering,
  'numbers of segments': segments,
  oneHot: hot
}
