/** The operations of the Open Inference Protocol. */
import { Type } from 'typebox'
import { defineOperation } from './define.ts'
import { modelName as model } from './schemas/fields.ts'
import { version } from './schemas/inference.ts'
import type { InferenceInput, InferenceResult, RequestedOutput } from './schemas/inference.ts'
import { ModelConfig, ModelMetadata, ModelNames, ModelReadiness, RepositoryIndex, ServerMetadata } from './schemas/served-model.ts'
import { StatisticsList } from './schemas/model-statistics.ts'
import { ref } from './schemas/component.ts'
import type { ErrorCode } from '../errors.ts'

const FIND: readonly ErrorCode[] = ['invalid_name', 'model_not_found', 'checkpoint_not_found']
const RUN: readonly ErrorCode[] = [...FIND, 'model_unavailable', 'model_unloaded', 'version_too_large']
const whichVersion = Type.Optional(version)

export const serverMetadata = defineOperation({
  name: 'serverMetadata',
  kind: 'read',
  tag: 'inference',
  summary: 'Name and version of the server, and the extensions it has',
  input: Type.Object({}),
  output: ref(ServerMetadata),
  errors: []
})

export const listModelNames = defineOperation({
  name: 'listModelNames',
  kind: 'read',
  tag: 'inference',
  summary: 'The names of all models',
  input: Type.Object({}),
  output: ref(ModelNames),
  errors: []
})

export const modelMetadata = defineOperation({
  name: 'modelMetadata',
  kind: 'read',
  tag: 'inference',
  summary: 'Names, datatypes and shapes of the inputs and outputs of a model',
  description: 'Shapes are inferred from the Blocks; -1 is a dimension that is free, or not known yet.',
  input: Type.Object({ model, version: whichVersion }),
  output: ref(ModelMetadata),
  errors: RUN
})

export const modelReady = defineOperation({
  name: 'modelReady',
  kind: 'read',
  tag: 'inference',
  summary: 'Whether a model answers inferences',
  input: Type.Object({ model, version: whichVersion }),
  output: ref(ModelReadiness),
  errors: FIND
})

export const modelInfer = defineOperation({
  name: 'modelInfer',
  kind: 'infer',
  tag: 'inference',
  summary: 'Run a model on named inputs',
  description: 'The first inference gives deferred parameters their shapes and values. Values that FP32 cannot hold exactly are refused.',
  input: Type.Object({
    model,
    version: whichVersion,
    inputs: Type.Unsafe<readonly InferenceInput[]>({ type: 'array', items: {} }),
    raw: Type.Optional(Type.Unsafe<InferenceInput['parts']>({
      type: 'array', items: {}, description: 'In place of inputs: the elements of the only input of the model, as a batch of one'
    })),
    outputs: Type.Optional(Type.Unsafe<readonly RequestedOutput[]>({ type: 'array', items: {}, description: 'All of them when left out' }))
  }),
  output: Type.Unsafe<InferenceResult>({ type: 'object' }),
  errors: [
    ...RUN, 'invalid_tensor', 'unknown_input', 'missing_input', 'unknown_output', 'inexact_input', 'raw_input', 'not_initialized',
    'deferred_inference_failed', 'wrong_input_shape', 'argument_count', 'not_an_array', 'no_forward', 'forward_failed', 'too_many_elements',
    'too_many_parameter_bytes', 'rank_too_high', 'program_limit', 'initializer_dtype', 'deferred_shape_unknown', 'initializer_shape', 'initializer_option', 'shape_mismatch', 'out_of_memory'
  ]
})

export const modelConfig = defineOperation({
  name: 'modelConfig',
  kind: 'read',
  tag: 'inference',
  summary: 'How a model is served',
  input: Type.Object({ model, version: whichVersion }),
  output: ref(ModelConfig),
  errors: RUN
})

export const modelStatistics = defineOperation({
  name: 'modelStatistics',
  kind: 'read',
  tag: 'inference',
  summary: 'What was inferred since the server started, and how long it took',
  input: Type.Object({ model: Type.Optional(model), version: whichVersion }),
  output: ref(StatisticsList),
  errors: FIND
})

export const repositoryIndex = defineOperation({
  name: 'repositoryIndex',
  kind: 'read',
  tag: 'repository',
  summary: 'All models and their versions, with their states',
  input: Type.Object({ ready: Type.Optional(Type.Boolean({ description: 'Only those that are ready' })) }),
  output: ref(RepositoryIndex),
  errors: []
})

export const repositoryModelLoad = defineOperation({
  name: 'repositoryModelLoad',
  kind: 'mutate',
  tag: 'repository',
  summary: 'Bring a model into memory',
  description: 'Undoes an unload. `versions` names checkpoints to bring along; others are loaded when they are first asked for.',
  input: Type.Object({
    model,
    versions: Type.Optional(Type.Array(version)),
    latest: Type.Optional(Type.Integer({ minimum: 0, description: 'In place of versions: so many of the newest checkpoints' }))
  }),
  output: Type.Null(),
  errors: [...RUN, 'data_damaged', 'load_mismatch', 'load_extra', 'invalid_file']
})

export const repositoryModelUnload = defineOperation({
  name: 'repositoryModelUnload',
  kind: 'mutate',
  tag: 'repository',
  summary: 'Free the memory of a model',
  description: 'Everything on disk is kept. The model answers no inference until it is loaded, also after a restart.',
  input: Type.Object({ model }),
  output: Type.Null(),
  errors: ['invalid_name', 'model_not_found']
})
