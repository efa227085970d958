import { Type } from 'typebox'
import type { HostTensor } from '../../tensor.ts'
import { component, ref } from './component.ts'
import { count, oneOf, sha256, timestamp } from './fields.ts'
import { NamedShape, Tensor, TensorInput } from './tensor.ts'

export const ARRAY_KINDS = ['array', 'list', 'dict'] as const

/** Arrays under a name, described. */
export const ArraysSummary = component('ArraysSummary', Type.Object({
  name: Type.String(),
  kind: oneOf(ARRAY_KINDS, { description: 'How they were stored; an uploaded file is a list or a dict' }),
  entries: Type.Array(ref(NamedShape)),
  bytes: count('Size of the file in the mxnet format'),
  sha256,
  created_at: timestamp('When the name was first used'),
  updated_at: timestamp('When they were last stored')
}, { additionalProperties: false }))

const named = (target: string) => Type.Unsafe<Readonly<Record<string, HostTensor>>>({
  type: 'object', additionalProperties: { $ref: `${target}#` }, description: 'Arrays by name'
})
export const namedInputs = named(TensorInput.$id)

/** Arrays, whole: exactly one of the members, the one they were stored with. */
export const Arrays = component('Arrays', Type.Object({
  array: Type.Optional(ref(Tensor)),
  list: Type.Optional(Type.Array(ref(Tensor))),
  arrays: Type.Optional(named(Tensor.$id))
}, { additionalProperties: false, description: 'Exactly one of the members, the one they were stored with' }))
