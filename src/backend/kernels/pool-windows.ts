/** Where the windows of a pool lie, for images and volumes alike. */
import * as tf from '@tensorflow/tfjs-core'

/** The part of an axis that a window covers, clipped to the input. */
export interface Span { readonly from: number, readonly to: number }

/** The windows along depth, height and width (an image has a depth of 1), and the sizes of the input. */
export interface Windows {
  readonly batch: number
  readonly channels: number
  readonly size: readonly [depth: number, height: number, width: number]
  readonly spans: readonly [Span[], Span[], Span[]]
}

type Image = [number, number, number, number]
type Volume = [number, number, number, number, number]

export function imageWindows (shape: readonly number[], attrs: unknown): Windows {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as tf.MaxPoolAttrs
  const pool = tf.backend_util.computePool2DInfo(shape as Image, filterSize, strides, 1, pad, dimRoundingMode)
  return {
    batch: pool.batchSize,
    channels: pool.inChannels,
    size: [1, pool.inHeight, pool.inWidth],
    spans: [
      [{ from: 0, to: 1 }],
      spans(pool.outHeight, pool.strideHeight, pool.padInfo.top, pool.filterHeight, pool.inHeight),
      spans(pool.outWidth, pool.strideWidth, pool.padInfo.left, pool.filterWidth, pool.inWidth)
    ]
  }
}

export function volumeWindows (shape: readonly number[], attrs: unknown): Windows {
  const pool = volumePool(shape, attrs)
  return {
    batch: pool.batchSize,
    channels: pool.inChannels,
    size: [pool.inDepth, pool.inHeight, pool.inWidth],
    spans: [
      spans(pool.outDepth, pool.strideDepth, pool.padInfo.front, pool.filterDepth, pool.inDepth),
      spans(pool.outHeight, pool.strideHeight, pool.padInfo.top, pool.filterHeight, pool.inHeight),
      spans(pool.outWidth, pool.strideWidth, pool.padInfo.left, pool.filterWidth, pool.inWidth)
    ]
  }
}

/** The pool of a volume (N, D, H, W, C). */
export function volumePool (shape: readonly number[], attrs: unknown): tf.backend_util.Conv3DInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as tf.MaxPool3DAttrs
  return nonNegative(tf.backend_util.computePool3DInfo(shape as Volume, filterSize, strides, 1, pad, dimRoundingMode))
}

/** TensorFlow.js counts paddings below 0 where a stride of `same` passes over the last plane, row or column. */
export function nonNegative (conv: tf.backend_util.Conv3DInfo): tf.backend_util.Conv3DInfo {
  const sides = Object.entries(conv.padInfo).map(([side, padding]) => [side, typeof padding === 'number' ? Math.max(0, padding) : padding])
  return { ...conv, padInfo: Object.fromEntries(sides) as tf.backend_util.Conv3DInfo['padInfo'] }
}

function spans (count: number, stride: number, padding: number, size: number, limit: number): Span[] {
  return Array.from({ length: count }, (_, i) => {
    const start = i * stride - padding
    return { from: Math.max(0, start), to: Math.min(limit, start + size) }
  })
}

/** Visits the windows of every output in the order of the memory: `base` is where the image's channel begins. */
export function eachWindow (windows: Windows, visit: (base: number, planes: Span, row: Span, column: Span) => void): void {
  const { batch, channels, size: [depth, height, width], spans: [depths, rows, columns] } = windows
  for (let image = 0; image < batch; image++) {
    for (const planes of depths) {
      for (const row of rows) {
        for (const column of columns) {
          const first = image * depth * height * width * channels
          for (let channel = 0; channel < channels; channel++) visit(first + channel, planes, row, column)
        }
      }
    }
  }
}
