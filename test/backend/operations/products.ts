/** Products of matrices. */
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { dimension, shapes } from '../tensors.ts'
import { call, size, type Operation, type Operations } from './operation.ts'

const swapped = (batch: readonly number[], rows: number, columns: number, swap: boolean): number[] =>
  [...batch, ...swap ? [columns, rows] : [rows, columns]]

/** Sums of `inner` products each. */
const product = (inner: fc.Arbitrary<number>, more: Partial<Operation> = {}): Operation => ({
  calls: fc.tuple(shapes(0, 2), dimension, inner, dimension, fc.boolean(), fc.boolean()).map(([batch, m, k, n, a, b]) =>
    call([swapped(batch, m, k, a), swapped(batch, k, n, b)], (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, a, b), { a, b })),
  ...more
})

/** One batch broadcasts to the other. JavaScript gets only this right: not axes of both. */
const broadcast: Operation = {
  coarse: true,
  tolerance: 1e-5,
  calls: fc.tuple(size(1, 4), size(1, 12), size(1, 30), size(1, 20), fc.boolean(), fc.boolean()).map(([batch, m, k, n, first, second]) =>
    call([[first ? 1 : batch, m, k], [second ? 1 : batch, k, n]], (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y)))
}

const fused: Operation = {
  coarse: true,
  calls: fc.tuple(size(1, 4), size(1, 60), size(1, 4), fc.constantFrom('linear' as const, 'relu' as const, 'sigmoid' as const))
    .map(([m, k, n, activation]) =>
      call([[m, k], [k, n], [n]], (a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor) => tf.fused.matMul({ a, b, bias, activation }), activation))
}

export const PRODUCTS: Operations = {
  matMul: product(dimension),
  // Multiples of a half: long sums are exact, so their order does not matter.
  'matMul of long rows': product(size(40, 100), { coarse: true }),
  'matMul of batches that broadcast': broadcast,
  'fused matMul': fused,
  dot: { calls: size(1, 9).map(n => call([[n], [n]], (a: tf.Tensor, b: tf.Tensor) => tf.dot(a, b))) },
  outerProduct: {
    calls: fc.tuple(size(1, 5), size(1, 5)).map(([m, n]) =>
      call([[m], [n]], (a: tf.Tensor1D, b: tf.Tensor1D) => tf.outerProduct(a, b)))
  },
  einsum: {
    gradient: false,
    calls: fc.tuple(size(1, 3), size(1, 4), size(1, 4), size(1, 4)).map(([b, i, j, k]) =>
      call([[b, i, j], [b, k, j]], (x: tf.Tensor, y: tf.Tensor) => tf.einsum('bij,bkj->bik', x, y)))
  }
}
