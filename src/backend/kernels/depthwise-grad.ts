/** The gradients of depthwise convolutions, which WASM has no kernels for. */
import * as tf from '@tensorflow/tfjs-core'
import { reach } from './reach.ts'
import { inSteps, reshaped, type Kernels, type Steps } from './steps.ts'
import { transposedConvolution, type Convolve } from './transposed-convolution.ts'

type Conv = tf.backend_util.Conv2DInfo
type Attributes = tf.DepthwiseConv2dNativeBackpropFilterAttrs

const convolution = (shape: readonly number[], filter: readonly number[], { strides, dilations, pad, dimRoundingMode }: Attributes): Conv =>
  tf.backend_util.computeConv2DInfo([...shape] as Conv['inShape'], [...filter] as Conv['filterShape'], strides, dilations, pad, dimRoundingMode, true)

/** DepthwiseConv2dNativeBackpropInput: `dy` (N, H', W', C·m) and `filter` (h, w, C, m) to (N, H, W, C), by the fast forward kernel. */
export const depthwiseGradInput = (kernels: Kernels): tf.KernelFunc => inSteps(kernels, (steps, { dy, filter }, attrs) => {
  const { shape } = filter as tf.TensorInfo
  const [height = 0, width = 0, channels = 0, multiplier = 0] = shape
  const conv = convolution((attrs as { inputShape: number[] }).inputShape, shape, attrs as Attributes)
  const convolve: Convolve = (x, part, pad) => steps.run('DepthwiseConv2dNative', { x, filter: part }, { strides: 1, dilations: 1, pad })
  // One filter for each channel of dy; channels of dy that came of one channel of the image are added up.
  const single = reshaped(filter as tf.TensorInfo, [height, width, channels * multiplier, 1])
  const spread = transposedConvolution(steps, dy as tf.TensorInfo, single, conv, channels * multiplier, convolve)
  if (multiplier === 1) return spread
  return steps.run('Sum', { x: reshaped(spread, [...conv.inShape, multiplier]) }, { axis: 4, keepDims: false })
})

/** DepthwiseConv2dNativeBackpropFilter: `x` (N, H, W, C) and `dy` (N, H', W', C·m) to (h, w, C, m). */
export const depthwiseGradFilter = (kernels: Kernels): tf.KernelFunc => inSteps(kernels, (steps, { x, dy }, attrs) => {
  const { filterShape } = attrs as Attributes
  const conv = convolution((x as tf.TensorInfo).shape, filterShape, attrs as Attributes)
  const gradient = steps.make(filterShape)
  accumulate(steps, x as tf.TensorInfo, dy as tf.TensorInfo, gradient, conv)
  return gradient
})

/** Rows of the output with those of the image above them, for one row of the filter. */
function accumulate (steps: Steps, x: tf.TensorInfo, dy: tf.TensorInfo, gradient: tf.TensorInfo, conv: Conv): void {
  const { batchSize, inHeight, outHeight, filterHeight, strideHeight, dilationHeight, padInfo } = conv
  const [image, head, sums] = [steps.floats(x), steps.floats(dy), steps.floats(gradient).fill(0)]
  for (let n = 0; n < batchSize; n++) {
    for (let row = 0; row < outHeight; row++) {
      for (let tap = 0; tap < filterHeight; tap++) {
        const y = row * strideHeight + tap * dilationHeight - padInfo.top
        if (y >= 0 && y < inHeight) accumulateRow(image, n * inHeight + y, head, n * outHeight + row, sums, tap, conv)
      }
    }
  }
}

function accumulateRow (
  x: Float32Array, xRow: number, dy: Float32Array, dyRow: number, sums: Float32Array, tapRow: number, conv: Conv
): void {
  const { inWidth, inChannels, outWidth, outChannels, filterWidth, strideWidth, dilationWidth, padInfo } = conv
  const multiplier = outChannels / inChannels
  for (let tap = 0; tap < filterWidth; tap++) {
    const offset = tap * dilationWidth - padInfo.left
    const { begin, end } = reach(offset, strideWidth, inWidth, outWidth)
    const left = { values: x, at: (xRow * inWidth + begin * strideWidth + offset) * inChannels, step: strideWidth * inChannels }
    const right = { values: dy, at: (dyRow * outWidth + begin) * outChannels, step: outChannels }
    const to = (tapRow * filterWidth + tap) * outChannels
    for (let channel = 0; channel < outChannels; channel++) {
      sums[to + channel] = (sums[to + channel] as number) + dot(left, Math.floor(channel / multiplier), right, channel, end - begin)
    }
  }
}

/** Every `step`-th number from `at` on. */
interface Strided { readonly values: Float32Array, readonly at: number, readonly step: number }

/** The sum of `count` products. Two sums at a time: each waits for its last addition. */
function dot (a: Strided, aOffset: number, b: Strided, bOffset: number, count: number): number {
  const [x, y, xStep, yStep] = [a.values, b.values, a.step, b.step]
  let [i, j, even, odd] = [a.at + aOffset, b.at + bOffset, 0, 0]
  for (let left = count; left > 1; left -= 2) {
    even += (x[i] as number) * (y[j] as number)
    odd += (x[i + xStep] as number) * (y[j + yStep] as number)
    i += 2 * xStep
    j += 2 * yStep
  }
  return count % 2 === 0 ? even + odd : even + odd + (x[i] as number) * (y[j] as number)
}
