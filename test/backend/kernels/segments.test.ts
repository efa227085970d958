import t from 'tap'
import fc from 'fast-check'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-layers'
import { openWasm } from '../../wasm.ts'
import { difference, readOn, seeds, tensor, type Compute } from '../tensors.ts'

await openWasm()

async function same (compute: Compute): Promise<void> {
  const found = difference(await readOn('wasm', compute), await readOn('cpu', compute))
  if (found !== undefined) throw new Error(found)
}

const dimension = fc.integer({ min: 1, max: 5 })

t.test('rows are added up by segment; those of no segment are left out', async () => {
  const numbers = fc.array(fc.integer({ min: -1, max: 6 }), { minLength: 1, maxLength: 12 })
  await fc.assert(fc.asyncProperty(numbers, fc.array(dimension, { maxLength: 3 }), seeds, (ids, row, seed) =>
    same(() => tf.unsortedSegmentSum(tensor([ids.length, ...row], seed), tf.tensor1d(ids, 'int32'), 5))))
})

t.test('sums of whole numbers are whole numbers', async t => {
  const [sums] = await readOn('wasm', () => tf.unsortedSegmentSum(tf.tensor1d([1, 2, 3], 'int32'), tf.tensor1d([1, 0, 1], 'int32'), 2))
  t.same([sums?.dtype, sums?.values], ['int32', [2, 4]])
})

t.test('an embedding has a gradient, which adds up over equal indices', async t => {
  const table = (): tf.Tensor => tensor([4, 3], 5)
  await same(() => tf.grad(x => tf.sum(tf.square(tf.gather(x, tf.tensor1d([2, 0, 2], 'int32')))))(table()))
  const [gradient] = await readOn('wasm', () => tf.grad(x => tf.sum(tf.gather(x, tf.tensor1d([2, 0, 2], 'int32'))))(tensor([4, 1], 5)))
  t.same(gradient?.values, [1, 0, 2, 0])
})
