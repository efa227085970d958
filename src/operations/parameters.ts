import { Type } from 'typebox'
import { defineOperation } from './define.ts'
import { component, ref } from './schemas/component.ts'
import { modelName as model, remarks } from './schemas/fields.ts'
import { DataRevision, gradReq, Parameter, Statistics } from './schemas/parameter.ts'
import { Tensor, TensorInput } from './schemas/tensor.ts'
import type { ErrorCode } from '../errors.ts'

const parameter = Type.String({ description: 'Full name (dense0_weight), or structural name (0.weight)' })
const slice = Type.String({ description: 'NumPy slicing: integers, start:stop:step, ..., separated by commas; negative counts from the end' })
const FIND: readonly ErrorCode[] = ['invalid_name', 'model_not_found', 'parameter_not_found']
const VALUE: readonly ErrorCode[] = [...FIND, 'not_initialized', 'deferred']
const CHANGE: readonly ErrorCode[] = [
  ...FIND, 'model_unavailable', 'model_unloaded', 'precondition_failed', 'invalid_tensor', 'shape_conflict', 'dtype_conflict', 'set_data_uninitialized'
]

export const listParameters = defineOperation({
  name: 'listParameters',
  kind: 'read',
  tag: 'parameters',
  summary: 'The parameters of a model, in the order of collect_params',
  input: Type.Object({
    model,
    select: Type.Optional(Type.String({ description: 'RE2 pattern, anchored at the start of the full name: .*weight' }))
  }),
  output: ref(component('ParameterList', Type.Object({ parameters: Type.Array(ref(Parameter)) }))),
  errors: ['invalid_name', 'model_not_found', 'invalid_pattern']
})

export const readParameter = defineOperation({
  name: 'readParameter',
  kind: 'read',
  tag: 'parameters',
  summary: 'One parameter',
  input: Type.Object({ model, parameter }),
  output: ref(Parameter),
  errors: FIND
})

export const updateParameter = defineOperation({
  name: 'updateParameter',
  kind: 'mutate',
  tag: 'parameters',
  summary: 'Change grad_req, lr_mult or wd_mult of a parameter',
  input: Type.Object({
    model,
    parameter,
    grad_req: Type.Optional(gradReq),
    lr_mult: Type.Optional(Type.Number()),
    wd_mult: Type.Optional(Type.Number())
  }),
  output: ref(component('UpdatedParameter', Type.Object({ ...Parameter.properties, ...remarks }, { additionalProperties: false }))),
  errors: [...FIND, 'model_unavailable', 'model_unloaded', 'precondition_failed', 'bad_grad_req']
})

export const readData = defineOperation({
  name: 'readData',
  kind: 'read',
  tag: 'parameters',
  summary: 'The value of a parameter, or a slice of it',
  input: Type.Object({ model, parameter, slice: Type.Optional(slice) }),
  output: ref(Tensor),
  errors: [...VALUE, 'invalid_slice']
})

export const putData = defineOperation({
  name: 'putData',
  kind: 'mutate',
  tag: 'parameters',
  summary: 'Replace the value of a parameter',
  description: 'The body is the tensor, as GET answers it. A value for a deferred parameter completes it.',
  input: Type.Object({ model, parameter, value: ref(TensorInput) }),
  output: ref(DataRevision),
  errors: [...CHANGE, 'too_many_parameter_bytes']
})

export const patchData = defineOperation({
  name: 'patchData',
  kind: 'mutate',
  tag: 'parameters',
  summary: 'Set a slice of a parameter, or add to it',
  description: 'Exactly one of `set` and `add`: a number, or a tensor that broadcasts to the slice.',
  input: Type.Object({
    model,
    parameter,
    slice,
    set: Type.Optional(ref(TensorInput)),
    add: Type.Optional(ref(TensorInput))
  }, { oneOf: [{ required: ['set'] }, { required: ['add'] }] }),
  output: ref(DataRevision),
  errors: [...CHANGE, 'not_initialized', 'deferred', 'invalid_slice']
})

export const readGrad = defineOperation({
  name: 'readGrad',
  kind: 'read',
  tag: 'parameters',
  summary: 'The gradient of a parameter; zeros before any backward',
  input: Type.Object({ model, parameter, slice: Type.Optional(slice) }),
  output: ref(Tensor),
  errors: [...VALUE, 'invalid_slice', 'no_gradient', 'model_unavailable', 'model_unloaded']
})

export const zeroGrad = defineOperation({
  name: 'zeroGrad',
  kind: 'mutate',
  tag: 'parameters',
  summary: 'Set the gradient of a parameter to zero',
  input: Type.Object({ model, parameter }),
  output: Type.Null(),
  errors: [...VALUE, 'no_gradient', 'model_unavailable', 'model_unloaded']
})

export const readStatistics = defineOperation({
  name: 'readStatistics',
  kind: 'read',
  tag: 'parameters',
  summary: 'What the values of a parameter look like: range, mean, norm, histogram',
  input: Type.Object({
    model,
    parameter,
    bins: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 20, description: 'Bins of the histogram' }))
  }),
  output: ref(Statistics),
  errors: VALUE
})
