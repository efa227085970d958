/** What the Open Inference Protocol puts on the wire, for the document. */
import { Type } from 'typebox'
import { component, ref } from '../../../operations/schemas/component.ts'
import { oneOf } from '../../../operations/schemas/fields.ts'
import { datatype } from '../../../operations/schemas/inference.ts'
import { ModelReadiness } from '../../../operations/schemas/served-model.ts'
import { DATATYPE_NAMES } from '../../../operations/datatypes.ts'

export const InferenceError = component('InferenceError', Type.Object({ error: Type.String() }, { additionalProperties: false }))

const scalar = { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] }

const InferenceParameters = component('InferenceParameters', Type.Unsafe<Readonly<Record<string, string | number | boolean>>>({
  type: 'object', additionalProperties: scalar, description: 'Those that are not known are ignored'
}))

const TensorData = component('TensorData', Type.Unsafe<readonly unknown[]>({
  type: 'array', items: {}, description: 'Elements in C order, flat or nested; NaN and infinities are the strings "NaN", "Infinity", "-Infinity"'
}))

const dimensions = Type.Array(Type.Integer({ format: 'int64', minimum: 0 }))
const parameters = Type.Optional(ref(InferenceParameters))
const data = Type.Optional(ref(TensorData))
const id = Type.Optional(Type.String({ description: 'Comes back in the answer' }))

const RequestInput = component('RequestInput', Type.Object({
  name: Type.String(),
  shape: dimensions,
  datatype: oneOf(DATATYPE_NAMES.filter(name => name !== 'BYTES'), { description: 'Models compute in FP32; values that it cannot hold exactly are refused' }),
  parameters,
  data
}, { description: 'With `data`, or with the parameter binary_data_size and its bytes behind the JSON' }))

const RequestOutput = component('RequestOutput', Type.Object({
  name: Type.String(), parameters
}, { description: 'Parameters: binary_data (boolean), classification (so many largest values)' }))

export const InferenceRequest = component('InferenceRequest', Type.Object({
  id,
  parameters,
  inputs: Type.Array(ref(RequestInput)),
  outputs: Type.Optional(Type.Array(ref(RequestOutput), { description: 'All of them when left out' }))
}, { description: 'Parameters: binary_data_output (boolean), timeout (µs), priority (from 1, which goes first; 100 without it). Members that are not known are ignored.' }))

const ResponseOutput = component('ResponseOutput', Type.Object({
  name: Type.String(), datatype, shape: dimensions, parameters, data
}, { additionalProperties: false, description: 'With `data`, or with the parameter binary_data_size and its bytes behind the JSON' }))

export const InferenceResponse = component('InferenceResponse', Type.Object({
  model_name: Type.String(),
  model_version: Type.String({ description: '0 is the live network, 1, 2, 3 … are its checkpoints' }),
  id,
  outputs: Type.Array(ref(ResponseOutput))
}, { additionalProperties: false }))

export const ServerLiveness = component('ServerLiveness', Type.Object({ live: Type.Boolean() }, { additionalProperties: false }))

export const ServerReadiness = component('ServerReadiness', Type.Object({
  ready: Type.Boolean(), error: Type.Optional(Type.String({ description: 'Why not' }))
}, { additionalProperties: false }))

/** What a probe that fails answers, or the error of a request that did not get that far. */
export const ModelNotReady = component('ModelNotReady', Type.Union([ref(ModelReadiness), ref(InferenceError)]))

export const IndexRequest = component('IndexRequest', Type.Object({
  ready: Type.Optional(Type.Boolean({ description: 'Only what is ready' }))
}))

export const LoadRequest = component('LoadRequest', Type.Object({ parameters }, {
  description: 'Parameter config: a JSON text whose version_policy names checkpoints to load too: {"specific":{"versions":[1]}}, {"latest":{"num_versions":1}} or {"all":{}}'
}))

export const UnloadRequest = component('UnloadRequest', Type.Object({ parameters }))
