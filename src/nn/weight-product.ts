import * as tf from '@tensorflow/tfjs-core'
import { is_recording } from './autograd/index.ts'
import type { NDArray } from './np/array.ts'
import type { Parameter } from './parameter.ts'

/** From so many numbers on, multiplying by a weight once takes less time than transposing it (measured on WASM). */
const MANY_NUMBERS = 16384

/**
 * x·Wᵀ for `x` (rows, in) and a weight (out, in), by a transpose that is made once per value. Recorded, a large weight is
 * transposed only when it is used again: between two steps of training it is used once.
 */
export function weightProduct (x: NDArray, weight: Parameter): NDArray {
  if (!is_recording()) return tf.matMul(x as tf.Tensor2D, weight.derived('transposed', transpose) as tf.Tensor2D)
  const value = weight.data()
  const transposed = value.size < MANY_NUMBERS ? weight.derived('transposed', transpose) : weight.derivedWhenReused('transposed', transpose)
  if (transposed === undefined) return tf.matMul(x as tf.Tensor2D, value as tf.Tensor2D, false, true)
  return byTranspose(x, value, transposed)
}

const transpose = (data: NDArray): NDArray => tf.transpose(data)

const KERNEL = 'WeightProduct'

tf.registerGradient({
  kernelName: KERNEL,
  inputsToSave: ['x', 'weight'],
  gradFunc: (dy, [x, weight]) => ({
    x: () => tf.matMul(dy as tf.Tensor2D, weight as tf.Tensor2D),
    weight: () => tf.matMul(dy as tf.Tensor2D, x as tf.Tensor2D, true)
  })
})

/** The same numbers as `tf.matMul(x, transposed)`, which a backend may have prepared already; gradients go to `x` and to `weight`. */
function byTranspose (x: NDArray, weight: NDArray, transposed: NDArray): NDArray {
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
