/** Sums of rows that share a number: the gradient of an embedding. WASM has no kernel for it. */
import * as tf from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { onCpu } from './on-cpu.ts'

type Values = tf.backend_util.TypedArray

/** UnsortedSegmentSum: `x` (N, …) and N segment numbers to (segments, …). Rows whose number is no segment are left out. */
export function segmentSum (): tf.KernelFunc {
  const severalAxes = onCpu('UnsortedSegmentSum')
  return params => {
    const { x, segmentIds } = params.inputs as { x: tf.TensorInfo, segmentIds: tf.TensorInfo }
    if (segmentIds.shape.length !== 1) return severalAxes(params)
    return sumRows(params.backend as BackendWasm, x, segmentIds, (params.attrs as unknown as tf.UnsortedSegmentSumAttrs).numSegments)
  }
}

function sumRows (wasm: BackendWasm, x: tf.TensorInfo, segmentIds: tf.TensorInfo, segments: number): tf.TensorInfo {
  const [, ...row] = x.shape
  const output = wasm.makeOutput([segments, ...row], x.dtype)
  // Views come last: an allocation may move the heap.
  const [values, ids, sums] = [wasm.typedArrayFromHeap(x), wasm.typedArrayFromHeap(segmentIds), wasm.typedArrayFromHeap(output).fill(0)]
  const length = tf.util.sizeFromShape(row)
  ids.forEach((id, row) => { if (id >= 0 && id < segments) addRow(values, row * length, sums, id * length, length) })
  return output
}

function addRow (values: Values, from: number, sums: Values, to: number, length: number): void {
  for (let i = 0; i < length; i++) sums[to + i] = (sums[to + i] as number) + (values[from + i] as number)
}
