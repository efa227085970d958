/** Matrix products on WASM: the fast kernel takes one pair of matrices, untransposed. Everything else is brought to that. */
import * as tf from '@tensorflow/tfjs-core'
import { FEW_ROWS, products, untransposed, type Factors, type Swaps } from './batched-products.ts'
import { Steps, type Kernels } from './steps.ts'

/** BatchMatMul: transposes first, then multiplies with the fast kernel. */
export function batchMatMul (kernels: Kernels): tf.KernelFunc {
  const multiply = kernels('BatchMatMul')
  return params => {
    const factors = params.inputs as Factors
    const swaps = params.attrs as unknown as tf.BatchMatMulAttrs
    if (!isFloat(factors) || (isPlain(factors) && isFast(factors.a, swaps))) return multiply(params)
    const steps = new Steps(kernels, params.backend)
    return steps.finish(() => isPlain(factors) ? steps.run('BatchMatMul', untransposed(steps, factors, swaps)) : products(steps, factors, swaps))
  }
}

/** Other dtypes are the kernel's own to refuse. */
const isFloat = ({ a, b }: Factors): boolean => a.dtype === 'float32' && b.dtype === 'float32'

const isPlain = ({ a, b }: Factors): boolean => a.shape.length === 2 && b.shape.length === 2

/** Whether the kernel itself is the fastest way: nothing is transposed, or only the other factor of a few rows. */
const isFast = ({ shape: [rows = 0] }: tf.TensorInfo, { transposeA, transposeB }: Swaps): boolean =>
  !transposeA && (!transposeB || rows <= FEW_ROWS)
