import { Type } from 'typebox'
import { defineOperation } from './define.ts'
import { component, ref } from './schemas/component.ts'
import { dtype, flag, modelName as model, oneOf, remarks } from './schemas/fields.ts'
import { ArgumentInput, inputs, outputs, Result, Tensor, TensorInput } from './schemas/tensor.ts'
import type { Argument } from './schemas/tensor.ts'
import type { ErrorCode } from '../errors.ts'

const RUN_ERRORS: readonly ErrorCode[] = [
  'invalid_name', 'invalid_tensor', 'model_not_found', 'model_unavailable', 'model_unloaded', 'not_initialized', 'deferred_inference_failed', 'wrong_input_shape',
  'argument_count', 'not_an_array', 'no_forward', 'too_many_elements', 'too_many_parameter_bytes', 'rank_too_high', 'program_limit',
  'initializer_dtype', 'deferred_shape_unknown', 'initializer_shape', 'initializer_option'
]

export const DISTRIBUTIONS = [
  'uniform', 'normal', 'randint', 'choice', 'shuffle', 'exponential', 'gumbel', 'logistic', 'rayleigh', 'weibull', 'pareto'
] as const

const parameter = (description: string) => Type.Optional(Type.Number({ description }))

export const drawRandom = defineOperation({
  name: 'drawRandom',
  kind: 'mutate',
  tag: 'models',
  summary: 'Draw numbers from the random stream of a model',
  description: 'What mx.np.random draws, number for number. The stream moves on, so this is a change of the model.',
  input: Type.Object({
    model,
    distribution: oneOf(DISTRIBUTIONS),
    shape: Type.Optional(Type.Array(Type.Integer({ minimum: 0 }), { description: 'Default: a scalar' })),
    low: parameter('uniform (default 0) and randint: smallest value'),
    high: parameter('uniform (default 1) and randint: end of the range, not included'),
    loc: parameter('normal, gumbel, logistic: location, default 0'),
    scale: parameter('normal, exponential, gumbel, logistic, rayleigh: scale, default 1'),
    a: parameter('weibull, pareto: shape; choice: draw from 0 to a - 1'),
    replace: Type.Optional(Type.Boolean({ description: 'choice: with replacement, default true' })),
    p: Type.Optional(Type.Array(Type.Number({ minimum: 0 }), { description: 'choice: probability of each value' })),
    array: Type.Optional(ref(TensorInput)),
    dtype: Type.Optional(dtype)
  }),
  output: ref(Tensor),
  errors: ['invalid_name', 'invalid_tensor', 'model_not_found', 'model_unavailable', 'model_unloaded', 'precondition_failed', 'too_many_elements', 'rank_too_high']
})

export const forward = defineOperation({
  name: 'forward',
  kind: 'infer',
  tag: 'models',
  summary: 'Run a model',
  description: 'The first forward gives deferred parameters their shapes and values. In train mode (dropout drops, running statistics move) ' +
    'it is a change of the model.',
  input: Type.Object({
    model,
    inputs,
    train_mode: flag('Behave as in training'),
    capture: Type.Optional(Type.Array(Type.String(), { description: 'Paths of blocks whose outputs to answer too' }))
  }),
  output: ref(component('ForwardResult', Type.Object({
    outputs,
    captured: Type.Optional(Type.Unsafe<Readonly<Record<string, Argument>>>({
      type: 'object', additionalProperties: { $ref: `${Result.$id}#` }, description: 'Outputs of the captured blocks, by path'
    })),
    ...remarks
  }))),
  errors: [...RUN_ERRORS, 'block_not_found', 'precondition_failed']
})

export const backward = defineOperation({
  name: 'backward',
  kind: 'mutate',
  tag: 'models',
  summary: 'Run a model under record, then backward',
  description: 'Answers the outputs and the gradients of the inputs; the gradients of the parameters are stored by their grad_req. ' +
    'Without head gradients they are ones.',
  input: Type.Object({
    model,
    inputs,
    head_gradients: Type.Optional(Type.Array(ref(ArgumentInput), { description: 'One per output, of its shape' })),
    train_mode: flag('Behave as in training', true)
  }),
  output: ref(component('BackwardResult', Type.Object({
    outputs,
    input_gradients: Type.Array(ref(Result), { description: 'One per argument' }),
    ...remarks
  }))),
  errors: [...RUN_ERRORS, 'head_gradient_shape', 'head_gradient_count', 'not_recorded', 'precondition_failed']
})
