import t from 'tap'
import * as tf from '@tensorflow/tfjs-core'
import { openWasm } from '../../wasm.ts'
import { difference, readOn, tensor, type Compute } from '../tensors.ts'

await openWasm()

const same = async (compute: Compute): Promise<string | undefined> =>
  difference(await readOn('wasm', compute), await readOn('cpu', compute), 1e-5)

/** WASM keeps the sums of windows over 9 elements on a stack of 64 KiB: those of 16384 channels and what is under them. */
const MANY = 20_000

t.test('averages of wide windows over many channels are right, and write over nothing else', async t => {
  await tf.setBackend('wasm')
  const others = Array.from({ length: 5 }, (_, i) => tf.fill([5000], i))
  t.equal(await same(() => tf.avgPool(tensor([1, 5, 5, MANY], 1) as tf.Tensor4D, [2, 5], 3, 'same')), undefined)
  t.equal(await same(() => tf.avgPool3d(tensor([1, 2, 4, 5, MANY], 1) as tf.Tensor5D, [2, 4, 3], 1, 'valid')), undefined)
  await tf.setBackend('wasm')
  t.ok(others.every((other, i) => other.dataSync().every(value => value === i)))
  tf.dispose(others)
})

t.test('averages of 8192 channels stay with WASM', async t => {
  t.equal(await same(() => tf.avgPool(tensor([1, 5, 5, 8192], 1) as tf.Tensor4D, 5, 1, 'valid')), undefined)
})
