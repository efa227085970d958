/** Convolutions, pools, and other functions of images. */
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { call, size, type Operation, type Operations } from './operation.ts'

type Pad = 'same' | 'valid' | tf.backend_util.ExplicitPadding

const RUNS = 40
const pair = (min: number, max: number): fc.Arbitrary<[number, number]> => fc.tuple(size(min, max), size(min, max))
const words = fc.constantFrom<Array<'same' | 'valid'>>('same', 'valid')
const explicit = fc.tuple(pair(0, 1), pair(0, 1)).map(([rows, columns]): Pad => [[0, 0], rows, columns, [0, 0]])
const pads = fc.oneof<[fc.Arbitrary<Pad>, fc.Arbitrary<Pad>]>(words, explicit)
const images = fc.tuple(size(1, 2), size(5, 8), size(5, 8), size(1, 3))
const channels = size(1, 3)
const strides = pair(1, 2)
const dilations = pair(1, 3)

const convolution: Operation = {
  runs: RUNS,
  tolerance: 1e-5,
  calls: fc.tuple(images, pair(1, 3), channels, strides, pads).map(([image, filter, output, stride, pad]) =>
    call([image, [...filter, image[3], output]], (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, stride, pad), { stride, pad }))
}

const dilated: Operation = {
  runs: RUNS,
  tolerance: 1e-5,
  calls: fc.tuple(images, pair(1, 2), channels, words, dilations).map(([image, filter, output, pad, dilation]) =>
    call([image, [...filter, image[3], output]],
      (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, 1, pad, 'NHWC', dilation), { pad, dilation }))
}

/** TensorFlow's own depthwise convolution wants the same stride both ways. */
const depthwise: Operation = {
  runs: RUNS,
  tolerance: 1e-5,
  calls: fc.tuple(images, pair(1, 3), size(1, 2), size(1, 2), words).map(([image, filter, multiplier, stride, pad]) =>
    call([image, [...filter, image[3], multiplier]],
      (x: tf.Tensor4D, w: tf.Tensor4D) => tf.depthwiseConv2d(x, w, stride, pad), { stride, pad }))
}

const transposed: Operation = {
  runs: RUNS,
  tolerance: 1e-5,
  calls: fc.tuple(images, pair(1, 3), channels, strides, pads).map(([image, filter, output, stride, pad]) => {
    const { outShape } = tf.backend_util.computeConv2DInfo(image, [...filter, image[3], output], stride, 1, pad)
    return call([outShape, [...filter, image[3], output]],
      (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2dTranspose(x, w, image, stride, pad), { image, stride, pad })
  })
}

const line: Operation = {
  runs: RUNS,
  tolerance: 1e-5,
  calls: fc.tuple(size(1, 2), size(4, 9), channels, size(1, 3), channels, size(1, 2), words)
    .map(([batch, width, input, filter, output, stride, pad]) =>
      call([[batch, width, input], [filter, input, output]],
        (x: tf.Tensor3D, w: tf.Tensor3D) => tf.conv1d(x, w, stride, pad), { stride, pad }))
}

const volumes = fc.tuple(size(1, 2), size(3, 5), size(3, 5), size(3, 5), size(1, 2))

/** JavaScript counts paddings below 0 for strides longer than the filter. */
const cubes = fc.record({ filter: size(1, 3), stride: size(1, 2) }).filter(({ filter, stride }) => stride <= filter)

const volume: Operation = {
  runs: 20,
  tolerance: 1e-5,
  calls: fc.tuple(volumes, cubes, size(1, 2), words).map(([image, { filter, stride }, output, pad]) =>
    call([image, [filter, filter, filter, image[4], output]],
      (x: tf.Tensor5D, w: tf.Tensor5D) => tf.conv3d(x, w, stride, pad), { stride, pad }))
}

type Pool = (x: tf.Tensor4D, filter: [number, number], strides: [number, number], pad: Pad) => tf.Tensor

const pool = (apply: Pool, more: Partial<Operation> = {}, padding = words): Operation => ({
  runs: RUNS,
  calls: fc.tuple(images, pair(1, 3), strides, padding).map(([image, filter, stride, pad]) =>
    call([image], (x: tf.Tensor4D) => apply(x, filter, stride, pad), { filter, stride, pad })),
  ...more
})

type Pool3d = (x: tf.Tensor5D, filter: number, strides: number, pad: 'same' | 'valid') => tf.Tensor

const pool3d = (apply: Pool3d, more: Partial<Operation> = {}, padding = words): Operation => ({
  runs: 20,
  calls: fc.tuple(volumes, cubes, padding).map(([image, { filter, stride }, pad]) =>
    call([image], (x: tf.Tensor5D) => apply(x, filter, stride, pad), { filter, stride, pad })),
  ...more
})

const normalization: Operation = {
  runs: RUNS,
  tolerance: 1e-5,
  calls: images.map(image =>
    call([image, ...Array<number[]>(4).fill([image[3]])],
      (x: tf.Tensor4D, mean: tf.Tensor1D, spread: tf.Tensor1D, offset: tf.Tensor1D, scale: tf.Tensor1D) =>
        tf.batchNorm(x, mean, tf.add(tf.square(spread), 0.5), offset, scale, 1e-3)))
}

type Resize = (x: tf.Tensor4D, size: [number, number], alignCorners: boolean) => tf.Tensor

/** JavaScript gets the gradients of single, square images right alone. */
const squares = fc.tuple(size(3, 8), size(1, 3)).map(([side, depth]): [number, number, number, number] => [1, side, side, depth])

const resizing = (resize: Resize): Operation => ({
  runs: RUNS,
  tolerance: 1e-5,
  calls: fc.tuple(squares, pair(2, 9), fc.boolean()).map(([image, extent, corners]) =>
    call([image], (x: tf.Tensor4D) => resize(x, extent, corners), { extent, corners }))
})

export const WINDOWS: Operations = {
  conv2d: convolution,
  'dilated conv2d': dilated,
  depthwiseConv2d: depthwise,
  conv2dTranspose: transposed,
  conv1d: line,
  conv3d: volume,
  maxPool: pool(tf.maxPool),
  'maxPool of equal values': pool(tf.maxPool, { coarse: true }),
  avgPool: pool(tf.avgPool, { gradient: false }),
  // JavaScript's gradient divides by the padding, too, which its forward leaves out.
  'avgPool without padding': pool(tf.avgPool, {}, fc.constant('valid')),
  maxPool3d: pool3d(tf.maxPool3d),
  avgPool3d: pool3d(tf.avgPool3d, { gradient: false }),
  'avgPool3d without padding': pool3d(tf.avgPool3d, {}, fc.constant('valid')),
  batchNorm: normalization,
  resizeBilinear: resizing(tf.image.resizeBilinear),
  resizeNearestNeighbor: resizing(tf.image.resizeNearestNeighbor)
}
