/** Gradients of a convolution's image: the transposed convolution, as ordinary ones without wasted products. */
import * as tf from '@tensorflow/tfjs-core'
import { reshaped, type Steps } from './steps.ts'

type Conv = tf.backend_util.Conv2DInfo

/** One axis of a convolution. */
interface Axis { readonly size: number, readonly out: number, readonly filter: number, readonly stride: number, readonly padding: number }

/** Every `stride`-th element of the image's axis: the same taps of the filter reach all of them. */
interface Phase {
  /** The positions in the filter, last first. */
  readonly taps: readonly number[]
  /** Padding of dy. */
  readonly before: number
  readonly after: number
  /** The elements computed: their number, and where the first lies on the image's axis (outside, when negative). */
  readonly count: number
  readonly first: number
}

function phasesOf (axis: Axis): Phase[] {
  return Array.from({ length: axis.stride }, (_, offset) => phaseOf(axis, offset)).filter(({ count, taps }) => count > 0 && taps.length > 0)
}

/** Image element s·q + offset − padding gets dy[q − j] · w[offset + s·j], for every j. */
function phaseOf ({ size, out, filter, stride, padding }: Axis, offset: number): Phase {
  const taps = Array.from({ length: Math.max(0, Math.ceil((filter - offset) / stride)) }, (_, j) => offset + stride * j).toReversed()
  const reach = taps.length - 1
  const begin = Math.ceil((padding - offset) / stride)
  const end = Math.floor((size - 1 + padding - offset) / stride) + 1
  const before = Math.max(0, reach - begin)
  const after = Math.max(0, end - out)
  return { taps, before, after, count: out + before + after - reach, first: stride * (reach - before) + offset - padding }
}

/** Convolves `dy` with part of the filter, with padding as TensorFlow.js takes it and a stride of 1. */
export type Convolve = (dy: tf.TensorInfo, filter: tf.TensorInfo, pad: tf.backend_util.ExplicitPadding) => tf.TensorInfo

/**
 * The gradient of the image of `conv`, with `channels` channels. `filter` (height, width, A, B) is as `convolve` takes it, not mirrored.
 */
export function transposedConvolution (
  steps: Steps, dy: tf.TensorInfo, filter: tf.TensorInfo, conv: Conv, channels: number, convolve: Convolve
): tf.TensorInfo {
  const shape = [conv.batchSize, conv.inHeight, conv.inWidth, channels]
  const { padInfo: { top, left } } = conv
  const rows = phasesOf({ size: conv.inHeight, out: conv.outHeight, filter: conv.filterHeight, stride: conv.strideHeight, padding: top })
  const columns = phasesOf({ size: conv.inWidth, out: conv.outWidth, filter: conv.filterWidth, stride: conv.strideWidth, padding: left })
  const parts = rows.flatMap(row => columns.map(column => ({ row, column, values: partOf(steps, dy, filter, row, column, convolve) })))
  const whole = parts.find(({ row, column }) =>
    isWhole(row, conv.inHeight, conv.strideHeight) && isWhole(column, conv.inWidth, conv.strideWidth))
  if (whole !== undefined) return reshaped(whole.values, shape)
  const dx = steps.make(shape)
  const image = steps.floats(dx)
  if (rows.length * columns.length < conv.strideHeight * conv.strideWidth) image.fill(0)
  for (const { row, column, values } of parts) scatter(steps.floats(values), image, row, column, conv, channels)
  return dx
}

const isWhole = ({ first, count }: Phase, size: number, stride: number): boolean => stride === 1 && first === 0 && count === size

function partOf (
  steps: Steps, dy: tf.TensorInfo, filter: tf.TensorInfo, row: Phase, column: Phase, convolve: Convolve
): tf.TensorInfo {
  const picked = pick(steps, filter, row.taps, column.taps)
  return convolve(dy, picked, [[0, 0], [row.before, row.after], [column.before, column.after], [0, 0]])
}

/** The filter's matrices at some of its rows and columns. */
function pick (steps: Steps, filter: tf.TensorInfo, rows: readonly number[], columns: readonly number[]): tf.TensorInfo {
  const [, width = 0, a = 0, b = 0] = filter.shape
  const picked = steps.make([rows.length, columns.length, a, b])
  const [from, to] = [steps.floats(filter), steps.floats(picked)]
  let at = 0
  for (const row of rows) {
    for (const column of columns) {
      const start = (row * width + column) * a * b
      to.set(from.subarray(start, start + a * b), at)
      at += a * b
    }
  }
  return picked
}

/** Puts what a pair of phases computed in its places of the image. */
function scatter (values: Float32Array, image: Float32Array, row: Phase, column: Phase, conv: Conv, channels: number): void {
  const { batchSize, inHeight, inWidth, strideHeight, strideWidth } = conv
  for (let n = 0; n < batchSize; n++) {
    for (let i = 0; i < row.count; i++) {
      const y = row.first + i * strideHeight
      if (y < 0 || y >= inHeight) continue
      for (let j = 0; j < column.count; j++) {
        const x = column.first + j * strideWidth
        if (x < 0 || x >= inWidth) continue
        const to = ((n * inHeight + y) * inWidth + x) * channels
        const from = ((n * row.count + i) * column.count + j) * channels
        for (let channel = 0; channel < channels; channel++) image[to + channel] = values[from + channel] as number
      }
    }
  }
}
