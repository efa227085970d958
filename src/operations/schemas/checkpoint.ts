import { Type } from 'typebox'
import { component, ref } from './component.ts'
import { count, nullable, oneOf, sha256, timestamp } from './fields.ts'
import { SpecSchema } from './spec.ts'
import { NamedShape } from './tensor.ts'

export const CHECKPOINT_FORMATS = ['mxnet'] as const
export const checkpointFormat = oneOf(CHECKPOINT_FORMATS, { description: 'mxnet: the .params file that save_parameters writes' })
export const checkpointId = Type.Integer({ minimum: 1, description: 'Number of the checkpoint: 1, 2, 3 … per model, never used again' })
export const note = Type.String({ maxLength: 10_000, description: 'Anything worth remembering' })

export const Checkpoint = component('Checkpoint', Type.Object({
  id: checkpointId,
  format: checkpointFormat,
  bytes: count('Size of the file'),
  sha256,
  note: nullable(note),
  created_at: timestamp('When it was saved'),
  architecture: nullable(Type.String()),
  spec: ref(SpecSchema),
  seed: Type.Integer(),
  tensors: Type.Array(ref(NamedShape), { description: 'What the file holds, by structural name, in its order' })
}, { additionalProperties: false }))
