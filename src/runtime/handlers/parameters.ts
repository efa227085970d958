import { problem } from '../../errors.ts'
import type { Parameter } from '../../nn/index.ts'
import {
  patchData, putData, readGrad, readStatistics, updateParameter, zeroGrad, type Input, type Output
} from '../../operations/index.ts'
import { findParameter } from '../../operations/views.ts'
import { slice } from '../../slicing.ts'
import type { Call } from '../call.ts'
import { castExactly } from '../cast-exactly.ts'
import { requireParameter } from '../find.ts'
import { patchTensor } from '../patch.ts'
import { statistics } from '../statistics.ts'
import { handler } from './define.ts'

export const update = handler(updateParameter, call => {
  const { live, input } = call
  const parameter = requireParameter(live, input.parameter)
  if (input.grad_req !== undefined) parameter.grad_req = input.grad_req
  if (input.lr_mult !== undefined) parameter.lr_mult = input.lr_mult
  if (input.wd_mult !== undefined) parameter.wd_mult = input.wd_mult
  return call.commitThen(() => null, () => {
    const view = findParameter(live.description, parameter.name)
    if (view === undefined) throw problem('internal')
    return { ...view, ...call.takeRemarks() }
  })
})

export const put = handler(putData, call => {
  const parameter = requireParameter(call.live, call.input.parameter)
  parameter.set_data(castExactly(call.input.value, parameter.dtype, parameter.name))
  return changed(call, parameter)
})

export const patch = handler(patchData, call => {
  const parameter = requireParameter(call.live, call.input.parameter)
  parameter.set_data(patchTensor(parameter.host(), parameter.name, call.input))
  return changed(call, parameter)
})

export const gradient = handler(readGrad, ({ live, input }) => {
  const grad = requireParameter(live, input.parameter).host_grad()
  return input.slice === undefined ? grad : slice(grad, input.slice)
})

export const zero = handler(zeroGrad, ({ live, input }) => {
  const parameter = requireParameter(live, input.parameter)
  parameter.host_grad()
  parameter.zero_grad()
  return null
})

export const describeValue = handler(readStatistics, ({ live, input }) => {
  const parameter = requireParameter(live, input.parameter)
  return { name: parameter.name, ...statistics(parameter.host(), input.bins ?? 20), revision: live.valueRevision(parameter.name) }
})

/** Saves the model; the new value has the revision the model gets. */
function changed (call: Call<Input<typeof putData>> | Call<Input<typeof patchData>>, parameter: Parameter): Output<typeof putData> {
  return call.commitThen(() => null, () => ({ name: parameter.name, revision: call.live.revision }))
}
