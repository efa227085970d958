import t from 'tap'
import fc from 'fast-check'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-layers'
import { openWasm } from '../../wasm.ts'
import { difference, read, readOn, seeds, tensor, values, type Compute } from '../tensors.ts'

await openWasm()

const RUNS = { numRuns: 100 }
const size = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max })
const pair = (min: number, max: number): fc.Arbitrary<[number, number]> => fc.tuple(size(min, max), size(min, max))

interface Convolution {
  readonly image: readonly [number, number, number, number]
  readonly filter: readonly [number, number]
  readonly strides: [number, number]
  readonly pad: 'same' | 'valid' | tf.backend_util.ExplicitPadding
  readonly channels: number
}

const explicit = fc.tuple(pair(0, 3), pair(0, 3)).map(([rows, columns]): tf.backend_util.ExplicitPadding => [[0, 0], rows, columns, [0, 0]])

/** Any image, filter, strides and padding, also paddings wider than the filter and strides longer than it. */
const convolutions: fc.Arbitrary<Convolution> = fc.record({
  image: fc.tuple(size(1, 3), size(1, 8), size(1, 8), size(1, 3)),
  filter: pair(1, 4),
  strides: pair(1, 3),
  pad: fc.oneof(fc.constantFrom('same' as const, 'valid' as const), explicit),
  channels: size(1, 3)
}).filter(convolution => tf.util.sizeFromShape(outputShape(convolution)) > 0)

function outputShape ({ image, filter, strides, pad, channels }: Convolution): number[] {
  const { outShape, outHeight, outWidth } = tf.backend_util.computeConv2DInfo([...image], [...filter, image[3], channels], strides, 1, pad)
  return outHeight > 0 && outWidth > 0 ? outShape : [0]
}

async function same (compute: Compute, tolerance = 1e-5): Promise<void> {
  const found = difference(await readOn('wasm', compute), await readOn('cpu', compute), tolerance)
  if (found !== undefined) throw new Error(found)
}

/** The gradients of Σ f·heads at every input. */
const gradients = (f: (...xs: tf.Tensor[]) => tf.Tensor, ...inputs: tf.Tensor[]): tf.Tensor[] => {
  const heads = tensor(f(...inputs).shape, 77)
  return tf.grads((...xs) => tf.sum(tf.mul(f(...xs), heads)))(inputs)
}

t.test('convolutions have the gradients of images and filters that JavaScript gives', async () => {
  await fc.assert(fc.asyncProperty(convolutions, seeds, ({ image, filter, strides, pad, channels }, seed) =>
    same(() => gradients((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad),
      tensor(image, seed), tensor([...filter, image[3], channels], seed + 1)))), RUNS)
})

t.test('depthwise convolutions have the gradients of images and filters that JavaScript gives', async () => {
  await fc.assert(fc.asyncProperty(convolutions, seeds, ({ image, filter, strides, pad, channels }, seed) =>
    same(() => gradients((x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad),
      tensor(image, seed), tensor([...filter, image[3], channels], seed + 1)))), RUNS)
})

t.test('transposed convolutions are those of JavaScript', async () => {
  await fc.assert(fc.asyncProperty(convolutions, seeds, (convolution, seed) => {
    const { image, filter, strides, pad, channels } = convolution
    return same(() => tf.conv2dTranspose(tensor(outputShape(convolution), seed) as tf.Tensor4D,
      tensor([...filter, image[3], channels], seed + 1) as tf.Tensor4D, [...image], strides, pad))
  }), RUNS)
})

t.test('images that are taken in parts give the sum of the gradients each gives alone', async t => {
  await tf.setBackend('wasm')
  const shape = [56, 56, 64]
  // Multiples of a half, so that the sums are exact in any order.
  const images = Array.from({ length: 9 }, (_, i) => tensor([1, ...shape], i + 1, true))
  const [filter, heads] = [tensor([3, 3, 64, 8], 50, true), tensor([1, 56, 56, 8], 60, true)]
  const gradient = (x: tf.Tensor): tf.Tensor =>
    tf.grad(w => tf.sum(tf.mul(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'), heads)))(filter)
  const [together, alone] = read(() => [gradient(tf.concat(images)), tf.addN(images.map(gradient))])
  t.same(together?.values, alone?.values)
  tf.dispose([...images, filter, heads])
})

t.test('a filter\'s gradient of channels first is that of JavaScript', async () => {
  await same(() => tf.engine().runKernel('Conv2DBackpropFilter', { x: tensor([2, 3, 5, 5], 1), dy: tensor([2, 4, 3, 3], 2) },
    { strides: [1, 1], pad: 'valid', dataFormat: 'NCHW', filterShape: [3, 3, 3, 4] }))
})

type Window = (pad: number | tf.backend_util.ExplicitPadding) => tf.Tensor[]

t.test('a padding of one number is that of every side, also for windows and strides that are no squares', async () => {
  const x = (): tf.Tensor4D => tensor([2, 5, 7, 2], 1) as tf.Tensor4D
  const filter = (): tf.Tensor4D => tensor([2, 3, 2, 2], 2) as tf.Tensor4D
  const windows: Readonly<Record<string, Window>> = {
    conv2d: pad => gradients((image, w) => tf.conv2d(image as tf.Tensor4D, w as tf.Tensor4D, [2, 1], pad), x(), filter()),
    depthwise: pad => gradients((image, w) => tf.depthwiseConv2d(image as tf.Tensor4D, w as tf.Tensor4D, [2, 1], pad), x(), filter()),
    fused: pad => [tf.fused.conv2d({ x: x(), filter: filter(), strides: [2, 1], pad, activation: 'relu' })],
    maxPool: pad => gradients(image => tf.maxPool(image as tf.Tensor4D, [2, 3], [2, 1], pad), x()),
    avgPool: pad => [tf.avgPool(x(), [2, 3], [2, 1], pad)]
  }
  for (const [name, compute] of Object.entries(windows)) {
    const found = difference(await readOn('wasm', () => compute(1)), await readOn('cpu', () => compute([[0, 0], [1, 1], [1, 1], [0, 0]])), 1e-5)
    if (found !== undefined) throw new Error(`${name}: ${found}`)
  }
})

/** What a linear function gives for each element of its input alone. */
const columns = (f: (x: tf.Tensor) => tf.Tensor, shape: number[]): tf.Tensor[] => {
  const size = tf.util.sizeFromShape(shape)
  return Array.from({ length: size }, (_, i) => f(tf.tensor(Float32Array.from({ length: size }, (_, at) => Number(at === i)), shape)))
}

t.test('the gradient of average pooling is that of its forward, which divides by what of a window lies in the image', async () => {
  for (const pad of ['same', 'valid', [[0, 0], [1, 0], [1, 1], [0, 0]]] as const) {
    const pool = (x: tf.Tensor): tf.Tensor => tf.avgPool(x as tf.Tensor4D, [2, 3], [2, 1], pad as 'same')
    const shape = [1, 5, 4, 2]
    const [gradient] = await readOn('wasm', () => gradients(pool, tensor(shape, 1)))
    const [expected] = await readOn('cpu', () => {
      const parts = columns(pool, shape).map(part => tf.sum(tf.mul(part, tensor(part.shape, 77))))
      return [tf.reshape(tf.stack(parts), shape)]
    })
    const found = difference([gradient as NonNullable<typeof gradient>], [expected as NonNullable<typeof expected>], 1e-5)
    if (found !== undefined) throw new Error(`${JSON.stringify(pad)}: ${found}`)
  }
})

t.test('a convolution of a filter without taps above some pixels gives these a gradient of 0', async t => {
  const [gradient] = await readOn('wasm', () =>
    tf.grad(x => tf.sum(tf.conv2d(x as tf.Tensor4D, tf.tensor4d([3], [1, 1, 1, 1]), 2, 'valid')))(tf.tensor4d(values(9, 1), [1, 3, 3, 1])))
  t.same(gradient?.values, [3, 0, 3, 0, 0, 0, 3, 0, 3])
})
