import type { HostTensor } from '../../tensor.ts'
import type { NDArray } from '../np/array.ts'

/** What gradients are taken of: a Parameter, or an array marked by `attach_grad`. */
export interface Variable {
  readonly grad_req: 'write' | 'add' | 'null'
  accumulate_grad (gradient: HostTensor): void
}

const variables = new WeakMap<NDArray, Variable>()

/** Makes `tensor` the device copy that gradients of `variable` are taken at. */
export function markVariable (tensor: NDArray, variable: Variable): void {
  variables.set(tensor, variable)
}

/** The variable that `tensor` is the value of, when a gradient of it is wanted. */
export function variableOf (tensor: NDArray): Variable | undefined {
  const variable = variables.get(tensor)
  return variable?.grad_req === 'null' ? undefined : variable
}
