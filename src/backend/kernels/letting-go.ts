/** Kernels that hold their inputs a second time before they allocate: when that fails, they would hold them for ever. */
import type { KernelFunc, NamedTensorInfoMap } from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

export const HOLDING = ['BatchMatMul', 'BatchToSpaceND', 'GatherV2', 'Pack', 'Reverse', 'SpaceToBatchND', 'StridedSlice']

/** `run`, which holds its inputs no more often than before when it throws. */
export const lettingGo = (run: KernelFunc): KernelFunc => params => {
  const wasm = params.backend as BackendWasm
  const before = references(wasm, params.inputs)
  try {
    return run(params)
  } catch (error) {
    Object.values(params.inputs).forEach((info, i) => {
      if (info !== undefined) while (wasm.refCount(info.dataId) > (before[i] as number)) wasm.disposeData(info.dataId)
    })
    throw error
  }
}

const references = (wasm: BackendWasm, inputs: NamedTensorInfoMap): number[] =>
  Object.values(inputs).map(info => info === undefined ? 0 : wasm.refCount(info.dataId))
