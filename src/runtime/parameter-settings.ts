import type { Parameter } from '../nn/index.ts'
import { sameShape } from '../tensor.ts'

/** Everything of a parameter that is saved beside its value. */
export type ParameterSettings = Pick<Parameter, 'state' | 'grad_req' | 'lr_mult' | 'wd_mult' | 'dtype' | 'shape'>

export function settingsOf ({ state, grad_req, lr_mult, wd_mult, dtype, shape }: Parameter): ParameterSettings {
  return { state, grad_req, lr_mult, wd_mult, dtype, shape }
}

/** Whether a parameter still has these settings. Asked of every parameter after every inference, so it makes nothing. */
export function hasSettings (parameter: Parameter, saved: ParameterSettings): boolean {
  return parameter.state === saved.state && parameter.grad_req === saved.grad_req && parameter.lr_mult === saved.lr_mult &&
    parameter.wd_mult === saved.wd_mult && parameter.dtype === saved.dtype && hasShape(parameter, saved.shape)
}

function hasShape ({ shape }: Parameter, saved: ParameterSettings['shape']): boolean {
  return shape === saved || (shape !== null && saved !== null && sameShape(shape, saved))
}
