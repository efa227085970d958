import t from 'tap'
import fc from 'fast-check'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-layers'
import { selectBackend } from '../../../src/backend/select.ts'
import { difference, read, readOn, seeds, tensor, type Compute } from '../tensors.ts'

await selectBackend({ want: 'wasm' })

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

t.test('convolutions have gradients of images and filters', async () => {
  await fc.assert(fc.asyncProperty(images, size(1, 3), size(1, 3), size(1, 2), pads, seeds, (image, filter, channels, stride, pad, seed) =>
    same(() => gradients((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad),
      tensor(image, seed), tensor([filter, filter, image[3], channels], seed + 1)))), { numRuns: 30 })
})

t.test('depthwise convolutions have gradients of images and filters', async () => {
  await fc.assert(fc.asyncProperty(images, size(1, 3), size(1, 2), pads, seeds, (image, filter, multiplier, pad, seed) =>
    same(() => gradients((x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, pad),
      tensor(image, seed), tensor([filter, filter, image[3], multiplier], seed + 1)))), { numRuns: 30 })
})

t.test('an embedding has a gradient, which adds up over equal indices', async t => {
  const compute: Compute = () => gradients(table => tf.gather(table, tf.tensor1d([2, 0, 2], 'int32')), tensor([4, 3], 5))
  await same(compute)
  const [gradient] = await readOn('wasm', () => tf.grad(table => tf.sum(tf.gather(table, tf.tensor1d([2, 0, 2], 'int32'))))(tensor([4, 1], 5)))
  t.same(gradient?.values, [1, 0, 2, 0])
})

t.test('sums over index letters work', async () => {
  await same(() => tf.einsum('ij,jk->ik', tensor([2, 3], 1), tensor([3, 4], 2)))
  await same(() => tf.einsum('bij,bjk->bik', tensor([2, 2, 3], 1), tensor([2, 3, 2], 2)))
})

t.test('kernels computed in JavaScript leak nothing on either side', async t => {
  await tf.setBackend('wasm')
  const [x, w] = [tensor([1, 4, 4, 2], 1), tensor([2, 2, 2, 3], 2)]
  const counts = (): number[] => [tf.memory().numTensors, tf.backend().numDataIds(), tf.findBackend('cpu').numDataIds()]
  const before = counts()
  for (let turn = 0; turn < 20; turn++) read(() => gradients((a, b) => tf.maxPool(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same'), 2, 2, 'same'), x, w))
  t.same(counts(), before)
  tf.dispose([x, w])
})
