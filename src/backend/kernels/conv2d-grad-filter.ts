/** The gradient of a convolution's filter, as a convolution itself. WASM has no kernel of its own for it. */
import * as tf from '@tensorflow/tfjs-core'
import { onCpu } from './on-cpu.ts'
import { reach } from './reach.ts'
import { inSteps, reshaped, type Kernels, type Steps } from './steps.ts'

type Conv = tf.backend_util.Conv2DInfo

type Attributes = tf.Conv2DBackpropFilterAttrs

/** Images are taken in parts, so that what is laid out anew stays below 16 MB and in the cache. */
const MOST_NUMBERS = 2 ** 22

/** Conv2DBackpropFilter: `x` (N, H, W, C), `dy` (N, H', W', C') to the shape of the filter. */
export function conv2dGradFilter (kernels: Kernels): tf.KernelFunc {
  const channelsFirst = onCpu('Conv2DBackpropFilter')
  const channelsLast = inSteps(kernels, (steps, { x, dy }, attrs) =>
    filterGradient(steps, x as tf.TensorInfo, dy as tf.TensorInfo, attrs as Attributes))
  return params => (params.attrs as unknown as Attributes).dataFormat === 'NCHW' ? channelsFirst(params) : channelsLast(params)
}

/** The same as a step, channels last. */
export const filterGradient = (steps: Steps, x: tf.TensorInfo, dy: tf.TensorInfo, attributes: Attributes): tf.TensorInfo =>
  sumOverParts(steps, x, dy, convolution(x.shape, attributes))

const convolution = (shape: readonly number[], { strides, pad, filterShape, dimRoundingMode }: Attributes): Conv =>
  tf.backend_util.computeConv2DInfo([...shape] as Conv['inShape'], filterShape, strides, 1, pad, dimRoundingMode)

function sumOverParts (steps: Steps, x: tf.TensorInfo, dy: tf.TensorInfo, conv: Conv): tf.TensorInfo {
  const { batchSize, filterWidth, inChannels, outWidth } = conv
  const images = Math.max(1, Math.floor(MOST_NUMBERS / (rowsOf(conv) * filterWidth * inChannels * outWidth)))
  let sum: tf.TensorInfo | undefined
  for (let first = 0; first < batchSize; first += images) {
    const part = gradientOf(steps, x, dy, conv, first, Math.min(images, batchSize - first))
    sum = sum === undefined ? part : total(steps, sum, part)
  }
  return reshaped(sum as tf.TensorInfo, conv.filterShape)
}

function total (steps: Steps, a: tf.TensorInfo, b: tf.TensorInfo): tf.TensorInfo {
  const sum = steps.run('Add', { a, b })
  steps.free(a, b)
  return sum
}

/** Rows of the padded image that a filter reaches. */
const rowsOf = ({ strideHeight, outHeight, filterHeight }: Conv): number => strideHeight * (outHeight - 1) + filterHeight

/**
 * dW[i, j, c, d] = Σ x[n, i + s·p, j + s·q, c] · dy[n, p, q, d] over n, p, q. The sum over n and q is that over the channels of a
 * convolution of columns: one column for every (j, c), with dy as its filter, whose rows are s apart.
 */
function gradientOf (steps: Steps, x: tf.TensorInfo, dy: tf.TensorInfo, conv: Conv, first: number, images: number): tf.TensorInfo {
  const { filterWidth, inChannels, outHeight, outWidth, outChannels, strideHeight } = conv
  const columns = steps.make([1, rowsOf(conv), filterWidth * inChannels, images * outWidth])
  const filter = steps.make([outHeight, 1, images * outWidth, outChannels])
  layColumns(steps.floats(x), steps.floats(columns), conv, first, images)
  swapRowsAndImages(steps.floats(dy), steps.floats(filter), conv, first, images)
  const gradient = steps.run('Conv2D', { x: columns, filter }, { strides: 1, dilations: [strideHeight, 1], pad: 'valid', dataFormat: 'NHWC' })
  steps.free(columns, filter)
  return gradient
}

/** (N, H, W, C) to (rows, filter width, C, N, W'): every column of the filter sees its shifted image, which is 0 outside. */
function layColumns (x: Float32Array, columns: Float32Array, conv: Conv, first: number, images: number): void {
  const { inHeight, inWidth, inChannels, filterWidth, outWidth, padInfo } = conv
  const length = images * outWidth
  const rowSize = filterWidth * inChannels * length
  for (let row = 0; row < rowsOf(conv); row++) {
    const y = row - padInfo.top
    if (y < 0 || y >= inHeight) columns.fill(0, row * rowSize, (row + 1) * rowSize)
    else {
      for (let shift = 0; shift < filterWidth; shift++) {
        for (let image = 0; image < images; image++) {
          const from = ((first + image) * inHeight + y) * inWidth * inChannels
          layRow(x, from, columns, row * rowSize + shift * inChannels * length + image * outWidth, conv, shift, length)
        }
      }
    }
  }
}

/** One row (W, C) of an image to (C, W'), whose rows are `length` apart. */
function layRow (x: Float32Array, from: number, columns: Float32Array, to: number, conv: Conv, shift: number, length: number): void {
  const { inWidth, inChannels, outWidth, strideWidth, padInfo } = conv
  const offset = shift - padInfo.left
  const { begin, end } = reach(offset, strideWidth, inWidth, outWidth)
  for (let channel = 0; channel < inChannels; channel++) {
    const base = to + channel * length
    for (let i = 0; i < begin; i++) columns[base + i] = 0
    for (let i = begin, at = from + (begin * strideWidth + offset) * inChannels + channel; i < end; i++, at += strideWidth * inChannels) {
      columns[base + i] = x[at] as number
    }
    for (let i = end; i < outWidth; i++) columns[base + i] = 0
  }
}

/** (N, H', W', C') to (H', N, W', C'). */
function swapRowsAndImages (dy: Float32Array, filter: Float32Array, conv: Conv, first: number, images: number): void {
  const { outHeight, outWidth, outChannels } = conv
  const size = outWidth * outChannels
  for (let row = 0; row < outHeight; row++) {
    for (let image = 0; image < images; image++) {
      const from = ((first + image) * outHeight + row) * size
      filter.set(dy.subarray(from, from + size), (row * images + image) * size)
    }
  }
}
