import { Type } from 'typebox'
import { defineOperation } from './define.ts'
import { component, ref } from './schemas/component.ts'
import { checkpointId } from './schemas/checkpoint.ts'
import { flag, modelName as model, name, next, oneOf, page, remarks } from './schemas/fields.ts'
import { Model, ModelSummary, modelState } from './schemas/model.ts'
import { ServingChange } from './schemas/serving.ts'
import { ArchitectureChoice, Initializer, options } from './schemas/spec.ts'
import { upload } from './schemas/content.ts'

const seed = Type.Optional(Type.Integer({
  minimum: -2147483648, maximum: 4294967295, description: 'Draw what MXNet draws after mx.random.seed(seed) in a fresh process; without it the server picks one'
}))

export const createModel = defineOperation({
  name: 'createModel',
  kind: 'mutate',
  tag: 'models',
  summary: 'Make a model from an architecture',
  description: 'From the name of an architecture, with options, or from a spec. Without a name the server picks one.',
  input: Type.Object({
    name: Type.Optional(name('Name of the model')),
    architecture: ref(ArchitectureChoice),
    options: Type.Optional(options),
    seed,
    serving: Type.Optional(ref(ServingChange))
  }),
  output: ref(Model),
  errors: [
    'invalid_name', 'model_exists', 'architecture_not_found', 'invalid_spec', 'too_many_models', 'too_many_parameter_bytes',
    'too_many_elements', 'rank_too_high', 'program_limit', 'unknown_option', 'unknown_initializer', 'initializer_option',
    'unknown_activation', 'shape_conflict', 'sharing_conflict', 'parameter_clash', 'not_hybrid', 'attribute_type'
  ]
})

export const listModels = defineOperation({
  name: 'listModels',
  kind: 'read',
  tag: 'models',
  summary: 'The models, by name',
  input: Type.Object(page),
  output: ref(component('ModelList', Type.Object({ models: Type.Array(ref(ModelSummary)), next }))),
  errors: []
})

export const readModel = defineOperation({
  name: 'readModel',
  kind: 'read',
  tag: 'models',
  summary: 'One model: state, tree, repr, summary table, counts',
  input: Type.Object({ model }),
  output: ref(Model),
  errors: ['invalid_name', 'model_not_found']
})

export const updateModel = defineOperation({
  name: 'updateModel',
  kind: 'mutate',
  tag: 'models',
  summary: 'Change how a model is served',
  description: 'Settings that are left out stay as they are. What the model computes does not change, but its revision does.',
  input: Type.Object({ model, serving: ref(ServingChange) }),
  output: ref(Model),
  errors: ['invalid_name', 'model_not_found', 'model_unavailable', 'model_unloaded', 'precondition_failed']
})

export const deleteModel = defineOperation({
  name: 'deleteModel',
  kind: 'mutate',
  tag: 'models',
  summary: 'Delete a model and its checkpoints',
  input: Type.Object({ model }),
  output: Type.Null(),
  errors: ['invalid_name', 'model_not_found', 'precondition_failed']
})

export const cloneModel = defineOperation({
  name: 'cloneModel',
  kind: 'mutate',
  tag: 'models',
  summary: 'Make a copy of a model under another name',
  description: 'With its parameters, the state of its random stream and how it is served, without its checkpoints.',
  input: Type.Object({ model, name: Type.Optional(name('Name of the copy')) }),
  output: ref(Model),
  errors: ['invalid_name', 'model_not_found', 'model_exists', 'model_unavailable', 'model_unloaded', 'too_many_models', 'too_many_parameter_bytes']
})

export const initializeModel = defineOperation({
  name: 'initializeModel',
  kind: 'mutate',
  tag: 'models',
  summary: 'Initialize parameters',
  description: 'Of the whole model, of a block by path, or those whose full name matches a pattern. ' +
    'Parameters whose shape is not known wait for the first forward. Those that have values keep them unless `force_reinit`.',
  input: Type.Object({
    model,
    init: Type.Optional(ref(Initializer)),
    force_reinit: flag('Draw again what has values already'),
    select: Type.Optional(Type.String({ description: 'RE2 pattern, anchored at the start of the full name' })),
    block: Type.Optional(Type.String({ description: 'Path of a block' })),
    seed
  }),
  output: ref(component('Initialization', Type.Object({
    state: modelState,
    initialized: Type.Array(Type.String(), { description: 'Full names of the parameters that have new values' }),
    deferred: Type.Array(Type.String(), { description: 'Full names of those that wait for the first forward' }),
    ...remarks
  }))),
  errors: [
    'invalid_name', 'model_not_found', 'model_unavailable', 'model_unloaded', 'precondition_failed', 'invalid_pattern', 'block_not_found',
    'unknown_initializer', 'unknown_option', 'initializer_option', 'initializer_dtype', 'initializer_shape', 'shape_unknown'
  ]
})

const loadSwitch = (description: string) => Type.Optional(Type.Boolean({ description: `${description}; default false` }))

/** Without defaults, because they may stand in the body or in the query. */
export const LoadSwitches = {
  allow_missing: loadSwitch('Leave parameters that the file does not have as they are'),
  ignore_extra: loadSwitch('Skip what the model does not have'),
  cast_dtype: loadSwitch('Convert values to the dtype of the parameter, or of the file'),
  dtype_source: Type.Optional(oneOf(['current', 'saved'], {
    description: 'With cast_dtype: whose dtype is kept, the parameter\'s (current, the default) or the file\'s'
  }))
}

export const CheckpointSource = component('CheckpointSource', Type.Object({
  model: Type.Optional(name('The model that has the checkpoint; this one when left out')),
  checkpoint: checkpointId
}, { additionalProperties: false }))

export const loadModel = defineOperation({
  name: 'loadModel',
  kind: 'mutate',
  tag: 'models',
  summary: 'Load parameters from a checkpoint or a file',
  description: 'From a checkpoint of any model (JSON body), or from a .params file (application/octet-stream body, switches in the query). ' +
    'All mistakes are told at once, and nothing changes unless all of it can be applied.',
  input: Type.Object({
    model,
    source: Type.Optional(ref(CheckpointSource)),
    file: Type.Optional(upload),
    ...LoadSwitches
  }),
  output: ref(component('LoadReport', Type.Object({
    state: modelState,
    loaded: Type.Array(Type.String(), { description: 'Full names of the parameters that were loaded' }),
    missing: Type.Array(Type.String(), { description: 'Full names of those the file does not have' }),
    ignored: Type.Array(Type.String(), { description: 'Names in the file that the model does not have' }),
    cast: Type.Array(Type.String(), { description: 'Full names of those whose values were converted' })
  }))),
  errors: [
    'invalid_name', 'model_not_found', 'model_unavailable', 'model_unloaded', 'precondition_failed', 'checkpoint_not_found', 'invalid_file', 'load_mismatch',
    'load_extra', 'too_many_parameter_bytes'
  ]
})
