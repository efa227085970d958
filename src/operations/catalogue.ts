import { Type } from 'typebox'
import { defineOperation } from './define.ts'
import { BlockType, InitializerType, LossType } from './schemas/catalogue.ts'
import { component, ref } from './schemas/component.ts'

export const listBlocks = defineOperation({
  name: 'listBlocks',
  kind: 'read',
  tag: 'catalogue',
  summary: 'The blocks a spec can use, with the JSON Schema of their options',
  input: Type.Object({}),
  output: ref(component('BlockList', Type.Object({ blocks: Type.Array(ref(BlockType)) }))),
  errors: []
})

export const listInitializers = defineOperation({
  name: 'listInitializers',
  kind: 'read',
  tag: 'catalogue',
  summary: 'The initializers, with the JSON Schema of their options',
  input: Type.Object({}),
  output: ref(component('InitializerList', Type.Object({ initializers: Type.Array(ref(InitializerType)) }))),
  errors: []
})

export const listLosses = defineOperation({
  name: 'listLosses',
  kind: 'read',
  tag: 'catalogue',
  summary: 'The losses, with the JSON Schema of their options',
  input: Type.Object({}),
  output: ref(component('LossList', Type.Object({ losses: Type.Array(ref(LossType)) }))),
  errors: []
})
