/** Kernels built of other kernels. */
import type { DataType, KernelFunc, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

/** A kernel of the WASM backend by name, without its correction. */
export type Kernels = (name: string) => KernelFunc

type Results = TensorInfo | TensorInfo[]

/** Runs kernels one after the other; everything but the results is freed, also when one throws. */
export class Steps {
  readonly wasm: BackendWasm
  readonly #kernels: Kernels
  #made: TensorInfo[] = []

  constructor (kernels: Kernels, backend: object) {
    this.#kernels = kernels
    this.wasm = backend as BackendWasm
  }

  run (name: string, inputs: NamedTensorInfoMap, attrs: object = {}): TensorInfo {
    const outputs = this.#kernels(name)({ inputs, attrs: { ...attrs }, backend: this.wasm })
    const output = Array.isArray(outputs) ? outputs[0] as TensorInfo : outputs
    this.#made.push(output)
    return output
  }

  /** A tensor that nothing is written to yet. */
  make (shape: readonly number[], dtype: DataType = 'float32'): TensorInfo {
    const made = this.wasm.makeOutput([...shape], dtype)
    this.#made.push(made)
    return made
  }

  /** `x` with its axes in the order of `perm`. */
  transpose (x: TensorInfo, perm: readonly number[]): TensorInfo {
    return this.run('Transpose', { x }, { perm: [...perm] })
  }

  /** The numbers of `x`, in place. Take them after the last allocation: it may move the heap. */
  floats (x: TensorInfo): Float32Array {
    return this.wasm.typedArrayFromHeap(x) as Float32Array
  }

  /** Frees a result that no later step needs. */
  free (...results: readonly TensorInfo[]): void {
    for (const { dataId } of results) {
      this.#forget(dataId)
      this.wasm.disposeData(dataId)
    }
  }

  finish<T extends Results> (compute: () => T): T {
    try {
      const results = compute()
      for (const { dataId } of [results].flat()) this.#forget(dataId)
      return results
    } finally {
      for (const { dataId } of this.#made) this.wasm.disposeData(dataId)
    }
  }

  /** Only once: a step that changes nothing gives its input again, counted twice. */
  #forget (dataId: TensorInfo['dataId']): void {
    this.#made.splice(this.#made.findIndex(made => made.dataId === dataId), 1)
  }
}

/** The same numbers in the same order, of another shape. */
export const reshaped = ({ dataId, dtype }: TensorInfo, shape: readonly number[]): TensorInfo => ({ dataId, dtype, shape: [...shape] })

/** A kernel made of steps. */
export const inSteps = (kernels: Kernels, compute: (steps: Steps, inputs: NamedTensorInfoMap, attrs: unknown) => Results): KernelFunc =>
  ({ inputs, attrs, backend }) => {
    const steps = new Steps(kernels, backend)
    return steps.finish(() => compute(steps, inputs, attrs))
  }
