/** The corrections of WASM's kernels: docs/adr/0003-wasm-kernel-corrections.md says why each is here. */
import * as tf from '@tensorflow/tfjs-core'
import { guarded } from './guard.ts'
import { batchMatMul, fusedMatMul, type Kernels } from './matmul.ts'
import { maxPoolGrad } from './max-pool-grad.ts'
import { onCpu } from './on-cpu.ts'

/** What WASM has no kernel for and models need: gradients of convolutions and embeddings, sums over index letters. */
const MISSING = [
  'Conv2DBackpropFilter', 'DepthwiseConv2dNativeBackpropFilter', 'DepthwiseConv2dNativeBackpropInput', 'Einsum', 'UnsortedSegmentSum'
] as const

let corrected = false

/** Re-registers WASM's kernels with their corrections, once. Call it after the WASM backend is loaded, before it is used. */
export function correctKernels (): void {
  if (corrected) return
  corrected = true
  const originals = new Map(tf.getKernelsForBackend('wasm').map(config => [config.kernelName, config]))
  const kernels: Kernels = name => (originals.get(name) as tf.KernelConfig).kernelFunc
  const better: Readonly<Record<string, tf.KernelFunc>> = {
    BatchMatMul: batchMatMul(kernels), _FusedMatMul: fusedMatMul(kernels), MaxPoolGrad: maxPoolGrad
  }
  for (const [name, config] of originals) {
    tf.unregisterKernel(name, 'wasm')
    tf.registerKernel({ ...config, kernelFunc: guarded(name, better[name] ?? config.kernelFunc) })
  }
  for (const kernelName of MISSING) tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc: guarded(kernelName, onCpu(kernelName)) })
}
