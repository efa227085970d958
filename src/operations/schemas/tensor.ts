import { Type } from 'typebox'
import type { HostTensor } from '../../tensor.ts'
import { component, ref } from './component.ts'
import { dtype, shape } from './fields.ts'

const data = { type: 'array', items: {}, description: 'Elements in C order; NaN and infinities are the strings "NaN", "Infinity", "-Infinity"' } as const

/** A tensor as answers carry it: `data` is flat. At run time a HostTensor. */
export const Tensor = component('Tensor', Type.Unsafe<HostTensor>({
  type: 'object',
  description: 'A tensor: float32 and float16 elements print as the shortest decimal that reads back the same; int64 elements beyond 2^53 are strings.',
  properties: { shape, dtype, data },
  required: ['shape', 'dtype', 'data'],
  additionalProperties: false
}))

/** A tensor as requests carry it. At run time a HostTensor, decoded before any handler sees it. */
export const TensorInput = component('TensorInput', Type.Unsafe<HostTensor>({
  description: 'A tensor, or just numbers where a float32 tensor is meant: a number, or nested lists of equal length. ' +
    '`data` may be flat or nested; with nested data `shape` may be left out. Nothing is coerced.',
  anyOf: [
    {
      type: 'object',
      properties: { shape: { type: 'array', items: { type: 'integer', minimum: 0 } }, dtype: { ...dtype, default: 'float32' }, data },
      required: ['data'],
      additionalProperties: false
    },
    { type: 'array', items: {} },
    { type: 'number' },
    { type: 'string', enum: ['NaN', 'Infinity', '-Infinity'] }
  ]
}))

/** One argument of forward: a tensor, or a list of tensors (the states of a recurrent layer). */
export type Argument = HostTensor | readonly HostTensor[]

export const ArgumentInput = component('Argument', Type.Unsafe<Argument>({
  description: 'One argument of forward. A list of tensor objects is a list of states.',
  anyOf: [{ $ref: 'TensorInput#' }, { type: 'array', items: { $ref: 'Tensor#' } }]
}))

/** One result of forward, nested as arguments are. */
export const Result = component('Result', Type.Unsafe<Argument>({
  description: 'A tensor, or the list of tensors that stands in one place.',
  anyOf: [{ $ref: 'Tensor#' }, { type: 'array', items: { $ref: 'Tensor#' } }]
}))

export const inputs = Type.Array(ref(ArgumentInput), { description: 'The arguments of forward: [[1, 2]] is one vector' })
export const outputs = Type.Array(ref(Result), { description: 'What forward returned, in order' })

/** A shape with a name, as lists of what a file holds have it. */
export const NamedShape = component('NamedShape', Type.Object({
  name: Type.Union([Type.String(), Type.Null()], { description: 'Null in a list without names' }), shape, dtype
}))
