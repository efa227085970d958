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
    if (!isFloat(factors) || (isPlain(factors) && isFast(factors, swaps))) return multiply(params)
    const steps = new Steps(kernels, params.backend)
    return steps.finish(() => isPlain(factors) ? product(steps, factors, swaps) : products(steps, factors, swaps))
  }
}

function product (steps: Steps, factors: Factors, swaps: Swaps): tf.TensorInfo {
  return isSoonerTurned(factors, swaps) ? turned(steps, factors) : steps.run('BatchMatMul', untransposed(steps, factors, swaps))
}

/** a·bᵀ as (b·aᵀ)ᵀ: the same numbers, bit for bit, but the factor that is transposed and packed is the small one. */
function turned (steps: Steps, { a, b }: Factors): tf.TensorInfo {
  const result = steps.run('BatchMatMul', { a: b, b: steps.transpose(a, [1, 0]) })
  return steps.transpose(result, [1, 0])
}

/** Other dtypes are the kernel's own to refuse. */
const isFloat = ({ a, b }: Factors): boolean => a.dtype === 'float32' && b.dtype === 'float32'

const isPlain = ({ a, b }: Factors): boolean => a.shape.length === 2 && b.shape.length === 2

/** Whether the kernel itself is the fastest way: nothing is transposed, or only the small other factor of a few rows. */
const isFast = ({ a: { shape: [rows = 0] }, b }: Factors, { transposeA, transposeB }: Swaps): boolean =>
  !transposeA && (!transposeB || (rows <= FEW_ROWS && tf.util.sizeFromShape(b.shape) < MANY_NUMBERS))

/** From so many numbers on even one row is multiplied sooner by the fast kernel (measured). */
const MANY_NUMBERS = 16384

/** Whether turning moves fewer numbers: it transposes and packs `a` and transposes the result, instead of transposing and packing `b`. */
function isSoonerTurned ({ a, b }: Factors, { transposeA, transposeB }: Swaps): boolean {
  const [m, k, n] = [a.shape[0] as number, a.shape[1] as number, b.shape[0] as number]
  return transposeB && !transposeA && m * (2 * k + n) <= 2 * n * k
}
