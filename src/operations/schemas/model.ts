import { Type } from 'typebox'
import { tree } from './block.ts'
import { component, ref } from './component.ts'
import { count, nullable, oneOf, remarks, shape, timestamp } from './fields.ts'
import { ServingView } from './serving.ts'
import { options, SpecSchema } from './spec.ts'

export const MODEL_STATES = ['created', 'initialized', 'ready', 'unavailable'] as const
export type ModelState = typeof MODEL_STATES[number]

export const modelState = oneOf(MODEL_STATES, {
  description: 'initialized: some parameters still wait for the first forward; unavailable: its architecture is gone or it was unloaded, its data is kept'
})

const identity = {
  name: Type.String(),
  state: modelState,
  reason: nullable(Type.String({ description: 'Why it is unavailable' })),
  seed: Type.Integer({ description: 'Seed of its random stream; the same seed makes the same model again' }),
  architecture: nullable(Type.String({ description: 'Name of its architecture; null for one made from a spec' })),
  parameter_count: Type.Integer({ description: 'Numbers in its parameters, shared ones once; -1 while a shape is not known' }),
  parameter_bytes: Type.Integer({ description: 'Bytes of its parameters, shared ones once; -1 while a shape is not known' }),
  revision: count('Grows with every change; its ETag'),
  created_at: timestamp('When it was made'),
  updated_at: timestamp('When it was last changed')
}

/** A model as lists show it. */
export const ModelSummary = component('ModelSummary', Type.Object(identity, { additionalProperties: false }))

/** One row of the summary table: a block in the order of forward's definition. */
export const SummaryRow = component('SummaryRow', Type.Object({
  path: Type.String(),
  type: Type.String(),
  output_shape: nullable(shape),
  parameters: Type.Integer({ description: 'Numbers in its own parameters; -1 while a shape is not known' }),
  trainable: Type.Integer({ description: 'Those of them that have a gradient; -1 while a shape is not known' }),
  shared: Type.Integer({ description: 'Those of them that an earlier row counted already; -1 while a shape is not known' })
}, { additionalProperties: false }))

/** A model, whole. */
export const Model = component('Model', Type.Object({
  ...identity,
  repr: Type.String({ description: 'As Gluon prints it' }),
  tree,
  summary: Type.Array(ref(SummaryRow), { description: 'One row per block, depth first, the model itself last' }),
  spec: ref(SpecSchema),
  options,
  serving: ref(ServingView),
  ...remarks
}, { additionalProperties: false }))
