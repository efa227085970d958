/** Copies that share their memory: WASM's own writes every value again, also for what a recorded forward keeps. */
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

/** Identity: the same values, held once more. No kernel writes to its inputs. */
export const identity: KernelFunc = ({ inputs, backend }) => {
  const { dataId, shape, dtype } = inputs['x'] as TensorInfo
  const wasm = backend as BackendWasm
  wasm.incRef(dataId)
  return { dataId, shape, dtype }
}
