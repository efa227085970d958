/** Matrix products with bias and activation on WASM: its own kernel is wrong for transposed factors and for batches. */
import type { KernelFunc, NamedTensorInfoMap, TensorInfo, _FusedMatMulAttrs as FusedAttrs } from '@tensorflow/tfjs-core'
import { products, untransposed, type Factors } from './batched-products.ts'
import { Steps, type Kernels } from './steps.ts'

const isSingle = ({ shape }: TensorInfo): boolean => shape.slice(0, -2).every(dim => dim === 1)

/** _FusedMatMul: the fused kernel only for what it gets right (one untransposed product), else the same in steps. */
export function fusedMatMul (kernels: Kernels): KernelFunc {
  const fused = kernels('_FusedMatMul')
  return params => {
    const { a, b } = params.inputs as Factors
    const attrs = params.attrs as unknown as FusedAttrs
    const single = isSingle(a) && isSingle(b)
    if (single && !attrs.transposeA && !attrs.transposeB) return fused(params)
    const steps = new Steps(kernels, params.backend)
    return steps.finish(() => single ? fuseUntransposed(steps, params.inputs, attrs) : unfused(steps, params.inputs, attrs))
  }
}

function fuseUntransposed (steps: Steps, inputs: NamedTensorInfoMap, attrs: FusedAttrs): TensorInfo {
  return steps.run('_FusedMatMul', { ...inputs, ...untransposed(steps, inputs as Factors, attrs) }, { ...attrs, transposeA: false, transposeB: false })
}

function unfused (steps: Steps, inputs: NamedTensorInfoMap, attrs: FusedAttrs): TensorInfo {
  const { bias } = inputs
  const product = products(steps, inputs as Factors, attrs)
  return activate(steps, bias == null ? product : steps.run('Add', { a: product, b: bias }), inputs, attrs)
}

const ACTIVATIONS = { relu: 'Relu', relu6: 'Relu6', elu: 'Elu', sigmoid: 'Sigmoid' } as const

function activate (steps: Steps, x: TensorInfo, inputs: NamedTensorInfoMap, { activation, leakyreluAlpha }: FusedAttrs): TensorInfo {
  if (activation === 'linear') return x
  if (activation === 'prelu') return steps.run('Prelu', { x, alpha: inputs['preluActivationWeights'] })
  if (activation === 'leakyrelu') return steps.run('LeakyRelu', { x }, { alpha: leakyreluAlpha })
  return steps.run(ACTIVATIONS[activation], { x })
}
