import { Type } from 'typebox'
import { defineOperation } from './define.ts'
import { Checkpoint, checkpointFormat, checkpointId as checkpoint, note } from './schemas/checkpoint.ts'
import { component, ref } from './schemas/component.ts'
import { File } from './schemas/content.ts'
import { modelName as model, next, page } from './schemas/fields.ts'
import type { ErrorCode } from '../errors.ts'

const FIND: readonly ErrorCode[] = ['invalid_name', 'model_not_found', 'checkpoint_not_found']

export const createCheckpoint = defineOperation({
  name: 'createCheckpoint',
  kind: 'mutate',
  tag: 'checkpoints',
  summary: 'Save the parameters of a model to a file of the server',
  input: Type.Object({ model, format: Type.Optional({ ...checkpointFormat, default: 'mxnet' } as typeof checkpointFormat), note: Type.Optional(note) }),
  output: ref(Checkpoint),
  errors: ['invalid_name', 'model_not_found', 'model_unavailable', 'model_unloaded', 'precondition_failed', 'not_initialized', 'deferred']
})

export const listCheckpoints = defineOperation({
  name: 'listCheckpoints',
  kind: 'read',
  tag: 'checkpoints',
  summary: 'The checkpoints of a model, oldest first',
  input: Type.Object({ model, ...page }),
  output: ref(component('CheckpointList', Type.Object({ checkpoints: Type.Array(ref(Checkpoint)), next }))),
  errors: ['invalid_name', 'model_not_found']
})

export const readCheckpoint = defineOperation({
  name: 'readCheckpoint',
  kind: 'read',
  tag: 'checkpoints',
  summary: 'What is known about a checkpoint',
  input: Type.Object({ model, checkpoint }),
  output: ref(Checkpoint),
  errors: FIND
})

export const readCheckpointContent = defineOperation({
  name: 'readCheckpointContent',
  kind: 'read',
  tag: 'checkpoints',
  summary: 'The file of a checkpoint',
  input: Type.Object({ model, checkpoint }),
  output: ref(File),
  errors: FIND
})

export const deleteCheckpoint = defineOperation({
  name: 'deleteCheckpoint',
  kind: 'mutate',
  tag: 'checkpoints',
  summary: 'Delete a checkpoint',
  input: Type.Object({ model, checkpoint }),
  output: Type.Null(),
  errors: FIND
})
