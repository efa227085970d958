import { Type } from 'typebox'
import { defineOperation } from './define.ts'
import { tree } from './schemas/block.ts'
import { Architecture, FailedModule } from './schemas/catalogue.ts'
import { component, ref } from './schemas/component.ts'
import { name, next, nullable, page } from './schemas/fields.ts'
import { ProblemMistake } from './schemas/problem.ts'
import { SpecSchema } from './schemas/spec.ts'

const architecture = name('Name of the architecture')

export const listArchitectures = defineOperation({
  name: 'listArchitectures',
  kind: 'read',
  tag: 'architectures',
  summary: 'What models can be built from',
  input: Type.Object(page),
  output: ref(component('ArchitectureList', Type.Object({
    architectures: Type.Array(ref(Architecture)),
    failed: Type.Array(ref(FailedModule), { description: 'Modules of the models folders that could not be loaded' }),
    next
  }))),
  errors: []
})

export const readArchitecture = defineOperation({
  name: 'readArchitecture',
  kind: 'read',
  tag: 'architectures',
  summary: 'One architecture',
  input: Type.Object({ architecture }),
  output: ref(Architecture),
  errors: ['invalid_name', 'architecture_not_found']
})

export const putArchitecture = defineOperation({
  name: 'putArchitecture',
  kind: 'mutate',
  tag: 'architectures',
  summary: 'Store a spec under a name',
  description: 'The body is the spec. Models keep a copy of the spec they were made from, so those that exist do not change.',
  input: Type.Object({ architecture, spec: ref(SpecSchema) }),
  output: ref(Architecture),
  errors: ['invalid_name', 'architecture_read_only', 'invalid_spec']
})

export const deleteArchitecture = defineOperation({
  name: 'deleteArchitecture',
  kind: 'mutate',
  tag: 'architectures',
  summary: 'Forget a stored spec',
  input: Type.Object({ architecture }),
  output: Type.Null(),
  errors: ['invalid_name', 'architecture_not_found', 'architecture_read_only']
})

export const validateArchitecture = defineOperation({
  name: 'validateArchitecture',
  kind: 'read',
  tag: 'architectures',
  summary: 'Check a spec without building it',
  description: 'The body is the spec. Every mistake is told at once, each with its JSON pointer into the body.',
  input: Type.Object({ spec: ref(SpecSchema) }),
  output: ref(component('Validation', Type.Object({
    valid: Type.Boolean(),
    mistakes: Type.Array(ref(ProblemMistake)),
    tree: nullable(tree),
    parameter_count: nullable(Type.Integer({ description: 'Null when not valid, -1 while a shape is not known' })),
    parameter_bytes: nullable(Type.Integer({ description: 'Null when not valid, -1 while a shape is not known' }))
  }))),
  errors: []
})
