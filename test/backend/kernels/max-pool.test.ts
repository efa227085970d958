import t from 'tap'
import fc from 'fast-check'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-layers'
import { openWasm } from '../../wasm.ts'
import { difference, read, readOn, seeds, tensor, type Compute } from '../tensors.ts'

await openWasm()

async function same (compute: Compute): Promise<void> {
  const found = difference(await readOn('wasm', compute), await readOn('cpu', compute), 1e-5)
  if (found !== undefined) throw new Error(found)
}

/** The gradients of Σ f·heads at every input. */
const gradients = (f: (...xs: tf.Tensor[]) => tf.Tensor, ...inputs: tf.Tensor[]): tf.Tensor[] => {
  const heads = tensor(f(...inputs).shape, 77)
  return tf.grads((...xs) => tf.sum(tf.mul(f(...xs), heads)))(inputs)
}

const size = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max })
const images = fc.tuple(size(1, 2), size(3, 7), size(3, 7), size(1, 3))
const pads = fc.constantFrom('same' as const, 'valid' as const)

t.test('max pooling gives its gradient to the largest value of a window, negative ones too', async t => {
  await tf.setBackend('wasm')
  const x = tf.tensor4d([-4, -1, -3, -2], [1, 2, 2, 1])
  t.same(read(() => tf.grad(image => tf.sum(tf.maxPool(image as tf.Tensor4D, 2, 2, 'valid')))(x))[0]?.values, [0, 1, 0, 0])
  x.dispose()
})

t.test('the gradient of max pooling is that of JavaScript, for any window, stride and padding', async () => {
  await fc.assert(fc.asyncProperty(images, size(1, 3), size(1, 3), pads, seeds, (image, filter, stride, pad, seed) =>
    same(() => gradients(x => tf.maxPool(x as tf.Tensor4D, filter, stride, pad), tensor(image, seed)))), { numRuns: 100 })
})

t.test('equal values: the first of a window gets the gradient of max pooling', async () => {
  await fc.assert(fc.asyncProperty(images, size(1, 3), pads, seeds, (image, filter, pad, seed) =>
    same(() => gradients(x => tf.maxPool(x as tf.Tensor4D, filter, 1, pad), tensor(image, seed, true)))), { numRuns: 50 })
})
