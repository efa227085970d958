import { Type } from 'typebox'
import { component, ref } from './component.ts'
import { nullable, oneOf, timestamp } from './fields.ts'
import { optionsSchema, SpecSchema } from './spec.ts'

export const BlockType = component('BlockType', Type.Object({
  type: Type.String({ description: 'What `type` of a spec says' }),
  summary: Type.String(),
  source: oneOf(['library', 'module'], { description: 'library: built in; module: a file of the models folder' }),
  options: optionsSchema,
  parameters: Type.Array(Type.String(), { description: 'Names of its own parameters, such as weight' }),
  row_wise: Type.Boolean({ description: 'Each row of the output depends on the same row of the input only, so requests can share a batch' })
}, { additionalProperties: false }))

export const InitializerType = component('InitializerType', Type.Object({
  type: Type.String(),
  aliases: Type.Array(Type.String(), { description: 'Other names it goes by' }),
  summary: Type.String(),
  options: optionsSchema
}, { additionalProperties: false }))

export const LossType = component('LossType', Type.Object({
  type: Type.String(), summary: Type.String(), options: optionsSchema
}, { additionalProperties: false }))

export const Architecture = component('Architecture', Type.Object({
  name: Type.String(),
  source: oneOf(['module', 'spec'], { description: 'module: code, read only; spec: stored through this API' }),
  read_only: Type.Boolean(),
  summary: nullable(Type.String()),
  options: optionsSchema,
  spec: nullable(ref(SpecSchema)),
  created_at: nullable(timestamp('When it was first stored; null for a module')),
  updated_at: nullable(timestamp('When it was last stored; null for a module'))
}, { additionalProperties: false }))

export const FailedModule = component('FailedModule', Type.Object({
  module: Type.String({ description: 'File name' }), reason: Type.String()
}, { additionalProperties: false }))
