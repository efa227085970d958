/** Casts on WASM: its own kernel gives the low byte for a truth, so that a half is false and 256 as well. */
import type { CastAttrs, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

/** Cast: what is not 0 is true. */
export const cast = (original: KernelFunc): KernelFunc => params => {
  const x = params.inputs['x'] as TensorInfo
  if ((params.attrs as unknown as CastAttrs).dtype !== 'bool' || x.dtype === 'bool') return original(params)
  const wasm = params.backend as BackendWasm
  const output = wasm.makeOutput(x.shape, 'bool')
  const [values, truths] = [wasm.typedArrayFromHeap(x), wasm.typedArrayFromHeap(output)]
  values.forEach((value, i) => { truths[i] = value === 0 ? 0 : 1 })
  return output
}
