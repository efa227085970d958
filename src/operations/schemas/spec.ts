import { Type } from 'typebox'
import { component, ref } from './component.ts'

/** A JSON object whose members the Block library knows. */
export type Open<Known = unknown> = Known & { readonly [option: string]: unknown }

/** A block as data: Gluon's option names beside `type`. */
export type Spec = Open<{ readonly type: string, readonly children?: readonly Spec[] }>

export const SpecSchema = component('Spec', Type.Unsafe<Spec>({
  type: 'object',
  description: 'A block as data: `type`, and Gluon\'s option names beside it. GET /v1/blocks lists the types and the options of each. ' +
    'The type `custom` defines a block by statements.',
  properties: {
    type: { type: 'string', description: 'A block of the catalogue, an architecture, or `custom`' },
    children: { type: 'array', items: { $ref: 'Spec#' }, description: 'What a container holds' },
    prefix: { type: 'string', description: 'Prefix of the parameter names' },
    name_scope: { type: 'boolean', description: 'Make the children inside the name scope of the container' },
    share: { type: 'string', description: 'Path of an earlier block to share parameters with' }
  },
  required: ['type'],
  additionalProperties: true
}))

/** An initializer by name, or with options. */
export type InitializerSpec = string | Open<{ readonly type: string }>

export const Initializer = component('Initializer', Type.Unsafe<InitializerSpec>({
  description: 'An initializer: its name, or {"type", …options}. GET /v1/initializers lists them.',
  anyOf: [
    { type: 'string' },
    { type: 'object', properties: { type: { type: 'string' } }, required: ['type'], additionalProperties: true }
  ]
}))

/** A name of the registry, or a spec. */
export const ArchitectureChoice = component('ArchitectureChoice', Type.Unsafe<string | Spec>({
  description: 'The name of an architecture, or a spec', anyOf: [{ type: 'string' }, { $ref: 'Spec#' }]
}))

/** Options of a block, by Gluon's names. */
export const Options = component('Options', Type.Unsafe<Open>({
  type: 'object', additionalProperties: true, description: 'Options of the architecture, by name'
}))

/** A JSON Schema that describes options. */
export const OptionsSchema = component('OptionsSchema', Type.Unsafe<Open>({
  type: 'object', additionalProperties: true, description: 'A JSON Schema'
}))

export const options = ref(Options)
export const optionsSchema = ref(OptionsSchema)
