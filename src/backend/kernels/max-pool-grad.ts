/** The gradient of max pooling. WASM's own drops it wherever the largest value of a window is not positive. */
import * as tf from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

type Pool = tf.backend_util.Conv2DInfo
type Values = Float32Array | Int32Array | Uint8Array

/** The part of a row or column that a window covers, clipped to the image. */
interface Span { readonly from: number, readonly to: number }

/** Gives each output's gradient to the first largest value of its window. `input` (N, H, W, C), `dy` (N, H', W', C). */
export const maxPoolGrad: tf.KernelFunc = ({ inputs, attrs, backend }) => {
  const wasm = backend as BackendWasm
  const { dy, input } = inputs as { dy: tf.TensorInfo, input: tf.TensorInfo }
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as tf.MaxPoolGradAttrs
  const pool = tf.backend_util.computePool2DInfo(input.shape as Pool['inShape'], filterSize, strides, 1, pad, dimRoundingMode)
  const dx = wasm.makeOutput(input.shape, input.dtype)
  // Views come last: an allocation may move the heap.
  scatter(pool, wasm.typedArrayFromHeap(input), wasm.typedArrayFromHeap(dy), wasm.typedArrayFromHeap(dx).fill(0))
  return dx
}

function scatter (pool: Pool, x: Values, dy: Values, dx: Values): void {
  const rows = spans(pool.outHeight, pool.strideHeight, pool.padInfo.top, pool.filterHeight, pool.inHeight)
  const columns = spans(pool.outWidth, pool.strideWidth, pool.padInfo.left, pool.filterWidth, pool.inWidth)
  let output = 0
  for (let image = 0; image < pool.batchSize; image++) {
    for (const row of rows) {
      for (const column of columns) {
        for (let channel = 0; channel < pool.inChannels; channel++) {
          const at = largest(x, pool, image * pool.inHeight * pool.inWidth * pool.inChannels + channel, row, column)
          dx[at] = (dx[at] as number) + (dy[output++] as number)
        }
      }
    }
  }
}

function spans (count: number, stride: number, padding: number, size: number, limit: number): Span[] {
  return Array.from({ length: count }, (_, i) => {
    const start = i * stride - padding
    return { from: Math.max(0, start), to: Math.min(limit, start + size) }
  })
}

/** The index of the first largest value of one channel of a window. */
function largest (x: Values, pool: Pool, base: number, row: Span, column: Span): number {
  const { inWidth, inChannels } = pool
  let best = base + (row.from * inWidth + column.from) * inChannels
  for (let y = row.from; y < row.to; y++) {
    const end = base + (y * inWidth + column.to) * inChannels
    for (let at = base + (y * inWidth + column.from) * inChannels; at < end; at += inChannels) {
      if ((x[at] as number) > (x[best] as number)) best = at
    }
  }
  return best
}
