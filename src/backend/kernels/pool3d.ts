/** Pooling of volumes, by that of images. WASM's own max pooling takes no value below 0, and paddings below 0 shift both. */
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core'
import { volumePool } from './pool-windows.ts'
import { inSteps, reshaped, type Kernels, type Steps } from './steps.ts'

/**
 * MaxPool3D and AvgPool3D by MaxPool and AvgPool: first over the rows and columns of every plane, then over the planes. Averages may be
 * taken in two steps because all planes of a window have as many elements.
 */
export const pool3d = (kernels: Kernels, name: 'MaxPool' | 'AvgPool'): KernelFunc => inSteps(kernels, (steps, inputs, attrs) => {
  const x = inputs['x'] as TensorInfo
  const pool = volumePool(x.shape, attrs)
  const { batchSize, inDepth, inHeight, inWidth, outHeight, outWidth, inChannels, padInfo } = pool
  const planes = pooled(steps, name, reshaped(x, [batchSize * inDepth, inHeight, inWidth, inChannels]), [
    { size: pool.filterHeight, stride: pool.strideHeight, pad: [padInfo.top, padInfo.bottom] },
    { size: pool.filterWidth, stride: pool.strideWidth, pad: [padInfo.left, padInfo.right] }
  ])
  const whole = pooled(steps, name, reshaped(planes, [batchSize, inDepth, outHeight * outWidth, inChannels]), [
    { size: pool.filterDepth, stride: pool.strideDepth, pad: [padInfo.front, padInfo.back] }, { size: 1, stride: 1, pad: [0, 0] }
  ])
  return reshaped(whole, pool.outShape)
})

interface Side { readonly size: number, readonly stride: number, readonly pad: readonly [number, number] }

function pooled (steps: Steps, name: string, x: TensorInfo, [rows, columns]: [Side, Side]): TensorInfo {
  return steps.run(name, { x }, {
    filterSize: [rows.size, columns.size], strides: [rows.stride, columns.stride], pad: [[0, 0], rows.pad, columns.pad, [0, 0]]
  })
}
