/** Averages over windows of images. WASM's kernel writes over other memory where many channels meet a wide window. */
import * as tf from '@tensorflow/tfjs-core'
import { onCpu } from './on-cpu.ts'

/** Windows up to here are averaged in one pass, which keeps no sums. */
const ONE_PASS = 9
/** The sums of a wider window lie on a stack of 64 KiB, four bytes for each channel. This takes half of it. */
const CHANNELS = 8192

/** `own`, WASM's AvgPool, where its stack is large enough; else the kernel of JavaScript. */
export function avgPool (own: tf.KernelFunc): tf.KernelFunc {
  const inJavaScript = onCpu('AvgPool')
  return params => (fits(params.inputs['x'] as tf.TensorInfo, params.attrs) ? own : inJavaScript)(params)
}

function fits ({ shape }: tf.TensorInfo, attrs: unknown): boolean {
  const { filterSize } = attrs as tf.AvgPoolAttrs
  const [height, width] = typeof filterSize === 'number' ? [filterSize, filterSize] : filterSize
  return height * width <= ONE_PASS || (shape.at(-1) as number) <= CHANNELS
}
