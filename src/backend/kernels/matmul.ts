/** Matrix products on WASM: the kernel for transposed operands is scalar, and wrong once a bias or an activation is fused. */
import type { BatchMatMulAttrs, KernelFunc, NamedTensorInfoMap, TensorInfo, _FusedMatMulAttrs as FusedAttrs } from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

/** A kernel of the WASM backend by name. */
export type Kernels = (name: string) => KernelFunc

const first = (outputs: TensorInfo | TensorInfo[]): TensorInfo => Array.isArray(outputs) ? outputs[0] as TensorInfo : outputs

const isSingle = ({ shape }: TensorInfo): boolean => shape.slice(0, -2).every(dim => dim === 1)

/** Runs kernels one after the other; everything but the last result is freed, also when one throws. */
class Steps {
  readonly #kernels: Kernels
  readonly #wasm: BackendWasm
  #made: TensorInfo[] = []

  constructor (kernels: Kernels, backend: object) {
    this.#kernels = kernels
    this.#wasm = backend as BackendWasm
  }

  run (name: string, inputs: NamedTensorInfoMap, attrs: object = {}): TensorInfo {
    const output = first(this.#kernels(name)({ inputs, attrs: { ...attrs }, backend: this.#wasm }))
    this.#made.push(output)
    return output
  }

  /** `x` with its last two axes swapped. */
  transpose (x: TensorInfo): TensorInfo {
    const rank = x.shape.length
    return this.run('Transpose', { x }, { perm: [...Array(rank - 2).keys(), rank - 1, rank - 2] })
  }

  finish (compute: () => TensorInfo): TensorInfo {
    try {
      const result = compute()
      this.#made = this.#made.filter(info => info !== result)
      return result
    } finally {
      for (const info of this.#made) this.#wasm.disposeData(info.dataId)
    }
  }
}

/** So few rows are multiplied sooner than the other factor is transposed and packed (measured: break-even at 6). */
const FEW_ROWS = 4

/** Whether the kernel itself is the fastest way: nothing is transposed, or only the other factor of a few rows. */
function isFast (a: TensorInfo, { transposeA, transposeB }: BatchMatMulAttrs): boolean {
  if (transposeA) return false
  return !transposeB || a.shape.slice(0, -1).reduce((rows, dim) => rows * dim, 1) <= FEW_ROWS
}

/** BatchMatMul: transposes first, then multiplies with the fast kernel. */
export function batchMatMul (kernels: Kernels): KernelFunc {
  const multiply = kernels('BatchMatMul')
  return params => {
    const { transposeA, transposeB } = params.attrs as unknown as BatchMatMulAttrs
    if (isFast(params.inputs['a'] as TensorInfo, { transposeA, transposeB })) return multiply(params)
    const steps = new Steps(kernels, params.backend)
    return steps.finish(() => {
      const { a, b } = untransposed(steps, params.inputs, { transposeA, transposeB })
      return steps.run('BatchMatMul', { a, b }, { transposeA: false, transposeB: false })
    })
  }
}

/** _FusedMatMul: the fused kernel only for what it gets right (one untransposed product), else the same in steps. */
export function fusedMatMul (kernels: Kernels): KernelFunc {
  const fused = kernels('_FusedMatMul')
  return params => {
    const { inputs, backend } = params
    const attrs = params.attrs as unknown as FusedAttrs
    const single = isSingle(inputs['a'] as TensorInfo) && isSingle(inputs['b'] as TensorInfo)
    if (single && !attrs.transposeA && !attrs.transposeB) return fused(params)
    const steps = new Steps(kernels, backend)
    return steps.finish(() => single ? fuseUntransposed(steps, inputs, attrs) : unfused(steps, inputs, attrs))
  }
}

function fuseUntransposed (steps: Steps, inputs: NamedTensorInfoMap, attrs: FusedAttrs): TensorInfo {
  return steps.run('_FusedMatMul', { ...inputs, ...untransposed(steps, inputs, attrs) }, { ...attrs, transposeA: false, transposeB: false })
}

function unfused (steps: Steps, inputs: NamedTensorInfoMap, attrs: FusedAttrs): TensorInfo {
  const { a, b } = untransposed(steps, inputs, attrs)
  const product = steps.run('BatchMatMul', { a, b }, { transposeA: false, transposeB: false })
  const { bias } = inputs
  return activate(steps, bias == null ? product : steps.run('Add', { a: product, b: bias }), inputs, attrs)
}

interface Factors { readonly a: TensorInfo, readonly b: TensorInfo }

function untransposed (steps: Steps, inputs: NamedTensorInfoMap, { transposeA, transposeB }: BatchMatMulAttrs): Factors {
  const { a, b } = inputs as { a: TensorInfo, b: TensorInfo }
  return { a: transposeA ? steps.transpose(a) : a, b: transposeB ? steps.transpose(b) : b }
}

const ACTIVATIONS = { relu: 'Relu', relu6: 'Relu6', elu: 'Elu', sigmoid: 'Sigmoid' } as const

function activate (steps: Steps, x: TensorInfo, inputs: NamedTensorInfoMap, { activation, leakyreluAlpha }: FusedAttrs): TensorInfo {
  if (activation === 'linear') return x
  if (activation === 'prelu') return steps.run('Prelu', { x, alpha: inputs['preluActivationWeights'] })
  if (activation === 'leakyrelu') return steps.run('LeakyRelu', { x }, { alpha: leakyreluAlpha })
  return steps.run(ACTIVATIONS[activation], { x })
}
