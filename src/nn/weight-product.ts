import * as tf from '@tensorflow/tfjs-core'
import type { NDArray } from './np/array.ts'

const KERNEL = 'WeightProduct'

tf.registerGradient({
  kernelName: KERNEL,
  inputsToSave: ['x', 'weight'],
  gradFunc: (dy, [x, weight]) => ({
    x: () => tf.matMul(dy as tf.Tensor2D, weight as tf.Tensor2D),
    weight: () => tf.matMul(dy as tf.Tensor2D, x as tf.Tensor2D, true)
  })
})

/**
 * x·Wᵀ for `x` (rows, in) and `weight` (out, in), computed from a transpose that is at hand; gradients go to `x` and to
 * `weight`. The same numbers as `tf.matMul(x, transposed)`, which a backend may have prepared already.
 */
export function weightProduct (x: NDArray, weight: NDArray, transposed: NDArray): NDArray {
  const backend = tf.getBackend()
  if (tf.getKernel(KERNEL, backend) === undefined) register(backend)
  return tf.engine().runKernel<NDArray>(KERNEL, { x, weight, transposed })
}

function register (backendName: string): void {
  const { kernelFunc: multiply } = tf.getKernel('BatchMatMul', backendName)
  const attrs = { transposeA: false, transposeB: false }
  tf.registerKernel({
    kernelName: KERNEL,
    backendName,
    kernelFunc: ({ inputs, backend }) =>
      multiply({ inputs: { a: inputs['x'] as tf.TensorInfo, b: inputs['transposed'] as tf.TensorInfo }, attrs, backend })
  })
}
