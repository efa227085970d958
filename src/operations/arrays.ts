import { Type } from 'typebox'
import { defineOperation } from './define.ts'
import { Arrays, ArraysSummary, namedInputs } from './schemas/arrays.ts'
import { component, ref } from './schemas/component.ts'
import { File, upload } from './schemas/content.ts'
import { name, next, oneOf, page } from './schemas/fields.ts'
import { TensorInput } from './schemas/tensor.ts'

const arrays = name('Name of the arrays')

export const listArrays = defineOperation({
  name: 'listArrays',
  kind: 'read',
  tag: 'arrays',
  summary: 'The stored arrays, by name',
  input: Type.Object(page),
  output: ref(component('ArraysList', Type.Object({ arrays: Type.Array(ref(ArraysSummary)), next }))),
  errors: []
})

export const readArrays = defineOperation({
  name: 'readArrays',
  kind: 'read',
  tag: 'arrays',
  summary: 'Stored arrays, as JSON or as a file',
  input: Type.Object({
    name: arrays,
    format: Type.Optional(oneOf(['json', 'mxnet'], { default: 'json', description: 'mxnet: the bytes of the file npx.save writes' }))
  }),
  output: Type.Union([ref(Arrays), ref(File)]),
  errors: ['invalid_name', 'array_not_found']
})

export const putArrays = defineOperation({
  name: 'putArrays',
  kind: 'mutate',
  tag: 'arrays',
  summary: 'Store one array, a list, or a dict of arrays',
  description: 'Exactly one of `array`, `list` and `arrays`, or an array file as application/octet-stream body.',
  input: Type.Object({
    name: arrays,
    array: Type.Optional(ref(TensorInput)),
    list: Type.Optional(Type.Array(ref(TensorInput))),
    arrays: Type.Optional(namedInputs),
    file: Type.Optional(upload)
  }, { oneOf: [{ required: ['array'] }, { required: ['list'] }, { required: ['arrays'] }] }),
  output: ref(ArraysSummary),
  errors: ['invalid_name', 'invalid_tensor', 'invalid_file', 'too_many_elements']
})

export const deleteArrays = defineOperation({
  name: 'deleteArrays',
  kind: 'mutate',
  tag: 'arrays',
  summary: 'Delete stored arrays',
  input: Type.Object({ name: arrays }),
  output: Type.Null(),
  errors: ['invalid_name', 'array_not_found']
})
