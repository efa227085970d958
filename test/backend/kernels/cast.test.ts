import t from 'tap'
import * as tf from '@tensorflow/tfjs-core'
import { openWasm } from '../../wasm.ts'
import { read } from '../tensors.ts'

await openWasm()

t.test('what is not 0 is true', async t => {
  const truths = (values: number[], dtype: 'float32' | 'int32'): readonly number[] | undefined => read(() => tf.cast(tf.tensor1d(values, dtype), 'bool'))[0]?.values
  t.same(truths([0.5, -0.25, 256, 1, 0, -0, NaN, Infinity], 'float32'), [1, 1, 1, 1, 0, 0, 1, 1])
  t.same(truths([256, -1, 0], 'int32'), [1, 1, 0])
})

t.test('numbers are cut, and truths are 0 and 1', async t => {
  t.same(read(() => tf.cast(tf.tensor1d([1.9, -1.9]), 'int32'))[0]?.values, [1, -1])
  t.same(read(() => tf.cast(tf.tensor1d([true, false], 'bool'), 'float32'))[0]?.values, [1, 0])
  t.same(read(() => tf.cast(tf.tensor1d([true, false], 'bool'), 'bool'))[0]?.values, [1, 0])
})
