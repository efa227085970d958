import { Type } from 'typebox'
import { component, ref, refTo } from './component.ts'
import { Parameter } from './parameter.ts'

/** One block of a tree. */
export interface BlockNode {
  /** Key in its parent: an attribute or an index; empty for the model itself. */
  readonly key: string
  /** Where it is below the model: `0.1`, `hidden`; empty for the model itself. */
  readonly path: string
  readonly type: string
  /** Gluon's block name: `dense0`. */
  readonly name: string
  /** Full names of its own parameters. */
  readonly parameters: readonly string[]
  readonly children: readonly BlockNode[]
}

export const BlockNodeSchema = component('BlockNode', Type.Unsafe<BlockNode>({
  type: 'object',
  description: 'One block of the tree, and what is below it',
  properties: {
    key: { type: 'string', description: 'Key in its parent: an attribute or an index; empty for the model itself' },
    path: { type: 'string', description: 'Keys from the model down, joined with dots; empty for the model itself' },
    type: { type: 'string' },
    name: { type: 'string', description: 'Name of the block, such as dense0' },
    parameters: { type: 'array', items: { type: 'string' }, description: 'Full names of its own parameters' },
    children: { type: 'array', items: { $ref: 'BlockNode#' } }
  },
  required: ['key', 'path', 'type', 'name', 'parameters', 'children'],
  additionalProperties: false
}))

export const tree = refTo<BlockNode>('BlockNode')

/** A sub-block of a model. */
export const BlockView = component('BlockView', Type.Object({
  path: Type.String(),
  type: Type.String(),
  name: Type.String(),
  repr: Type.String({ description: 'As Gluon prints it' }),
  tree,
  parameters: Type.Array(ref(Parameter), { description: 'Its own parameters, without those of its children' })
}, { additionalProperties: false }))
