/** The corrections of WASM's kernels: docs/adr/0003-wasm-kernel-corrections.md says why each is here. */
import * as tf from '@tensorflow/tfjs-core'
import { avgPool } from './avg-pool.ts'
import { cast } from './cast.ts'
import { conv2dGradFilter } from './conv2d-grad-filter.ts'
import { conv2dGradInput } from './conv2d-grad-input.ts'
import { conv3d, conv3dGradFilter, conv3dGradInput } from './conv3d.ts'
import { depthwiseGradFilter, depthwiseGradInput } from './depthwise-grad.ts'
import { einsum } from './einsum.ts'
import { fusedMatMul } from './fused-matmul.ts'
import { guarded } from './guard.ts'
import { identity } from './identity.ts'
import { HOLDING, lettingGo } from './letting-go.ts'
import { batchMatMul } from './matmul.ts'
import { writtenOut } from './padding.ts'
import { avgPool3dGrad, avgPoolGrad, maxPool3dGrad, maxPoolGrad } from './pool-grad.ts'
import { pool3d } from './pool3d.ts'
import { segmentSum } from './segment-sum.ts'
import { slice, split, unpack } from './slice.ts'
import type { Kernels } from './steps.ts'

/** The kernels that take the place of WASM's own, or that it lacks. */
const corrections = (kernels: Kernels): Readonly<Record<string, tf.KernelFunc>> => ({
  Cast: cast(kernels('Cast')),
  Identity: identity,
  BatchMatMul: batchMatMul(kernels),
  _FusedMatMul: fusedMatMul(kernels),
  Conv3D: conv3d(kernels),
  Conv3DBackpropFilterV2: conv3dGradFilter(kernels),
  Conv3DBackpropInputV2: conv3dGradInput(kernels),
  AvgPool3D: pool3d(kernels, 'AvgPool'),
  AvgPoolGrad: avgPoolGrad(kernels),
  AvgPool3DGrad: avgPool3dGrad(kernels),
  MaxPool3D: pool3d(kernels, 'MaxPool'),
  MaxPoolGrad: maxPoolGrad(kernels),
  MaxPool3DGrad: maxPool3dGrad(kernels),
  Conv2DBackpropFilter: conv2dGradFilter(kernels),
  Conv2DBackpropInput: conv2dGradInput(kernels),
  DepthwiseConv2dNativeBackpropFilter: depthwiseGradFilter(kernels),
  DepthwiseConv2dNativeBackpropInput: depthwiseGradInput(kernels),
  Einsum: einsum(kernels),
  UnsortedSegmentSum: segmentSum(),
  Slice: slice(kernels),
  SplitV: split(kernels),
  Unpack: unpack(kernels)
})

let corrected = false

/** Re-registers WASM's kernels with their corrections, once. Call it after the WASM backend is loaded, before it is used. */
export function correctKernels (): void {
  if (corrected) return
  corrected = true
  const originals = new Map(tf.getKernelsForBackend('wasm').map(config => [config.kernelName, safe(config)]))
  const better = corrections(name => (originals.get(name) as tf.KernelConfig).kernelFunc)
  for (const kernelName of new Set([...originals.keys(), ...Object.keys(better)])) {
    const original = originals.get(kernelName)
    if (original !== undefined) tf.unregisterKernel(kernelName, 'wasm')
    const run = better[kernelName] ?? (original as tf.KernelConfig).kernelFunc
    tf.registerKernel({ kernelName, backendName: 'wasm', ...original, kernelFunc: guarded(kernelName, writtenOut(kernelName, run)) })
  }
}

/** A kernel that the corrections may build on, and that needs no other correction. */
function safe (config: tf.KernelConfig): tf.KernelConfig {
  const { kernelName, kernelFunc } = config
  if (kernelName === 'AvgPool') return { ...config, kernelFunc: avgPool(kernelFunc) }
  return HOLDING.includes(kernelName) ? { ...config, kernelFunc: lettingGo(kernelFunc) } : config
}
