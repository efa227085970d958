/** Keeps from the WASM kernels what they answer with memory they never wrote. */
import type { KernelFunc, NamedTensorInfoMap } from '@tensorflow/tfjs-core'
import { problem } from '../../errors.ts'
import { MAX_RANK } from '../../tensor.ts'
import { emptyKernel } from './empty.ts'

/**
 * `run`, but inputs without elements (an inner dimension of 0 is one) go to JavaScript, and a rank over 6 is refused.
 * A WASM kernel allocates its output from a heap that all requests share and may return without writing to it.
 */
export function guarded (name: string, run: KernelFunc): KernelFunc {
  let onEmpty: KernelFunc | undefined
  return params => {
    if (!hasEmpty(params.inputs)) return run(params)
    onEmpty ??= emptyKernel(name)
    return onEmpty(params)
  }
}

/** Whether one of the inputs has no elements. Throws `rank_too_high`. Plain loops: it runs before every kernel. */
function hasEmpty (inputs: NamedTensorInfoMap): boolean {
  let empty = false
  for (const name in inputs) {
    const shape = inputs[name]?.shape
    if (shape === undefined) continue
    if (shape.length > MAX_RANK) throw problem('rank_too_high', { rank: shape.length })
    for (let i = 0; i < shape.length; i++) if (shape[i] === 0) empty = true
  }
  return empty
}
