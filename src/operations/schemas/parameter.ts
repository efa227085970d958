import { Type } from 'typebox'
import { component, ref } from './component.ts'
import { count, dtype, nullable, oneOf, shape } from './fields.ts'
import { Initializer } from './spec.ts'

export const PARAMETER_STATES = ['uninitialized', 'deferred', 'ready'] as const
export const GRAD_REQS = ['write', 'add', 'null'] as const
export type ParameterState = typeof PARAMETER_STATES[number]
export type GradReq = typeof GRAD_REQS[number]

export const gradReq = oneOf(GRAD_REQS, { description: 'What backward does with the gradient: replace it, add to it, or nothing' })

export const Parameter = component('Parameter', Type.Object({
  name: Type.String({ description: 'Full name, such as dense0_weight' }),
  structural_names: Type.Array(Type.String(), { description: 'Paths to it, such as 0.weight; several when blocks share it' }),
  shape,
  dtype,
  state: oneOf(PARAMETER_STATES, { description: 'deferred: initialized, but its shape waits for the first forward' }),
  grad_req: gradReq,
  constant: Type.Boolean({ description: 'A constant: never trained, its grad_req stays null' }),
  shared_with: Type.Array(Type.String(), { description: 'Paths of the other blocks that use it' }),
  init: nullable(ref(Initializer)),
  lr_mult: Type.Number({ description: 'Multiplier of the learning rate' }),
  wd_mult: Type.Number({ description: 'Multiplier of the weight decay' }),
  revision: count('Revision of the model at which it last changed')
}, { additionalProperties: false }))

export const Histogram = component('Histogram', Type.Object({
  edges: Type.Array(Type.Number(), { description: 'Ascending, one more than counts' }),
  counts: Type.Array(Type.Integer(), { description: 'Finite elements in each bin; the last bin includes its upper edge' })
}, { additionalProperties: false }))

const finite = (description: string) => nullable(Type.Number({ description: `${description}, of the finite elements; null when there are none` }))

export const Statistics = component('Statistics', Type.Object({
  name: Type.String(),
  shape,
  dtype,
  count: count('Elements'),
  min: finite('Smallest'),
  max: finite('Largest'),
  mean: finite('Mean'),
  std: finite('Population standard deviation'),
  norm: finite('Euclidean norm'),
  zeros: count('Elements equal to 0'),
  non_finite: count('Elements that are NaN or infinite'),
  histogram: ref(Histogram),
  revision: count('Revision of the model at which the value last changed')
}, { additionalProperties: false }))

/** Answer of a change of data. */
export const DataRevision = component('DataRevision', Type.Object({
  name: Type.String({ description: 'Full name of the parameter' }),
  revision: count('Revision of the model after the change')
}, { additionalProperties: false }))
