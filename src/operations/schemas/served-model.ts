/** What the Open Inference Protocol tells about the server and the models it serves. */
import { Type } from 'typebox'
import type { Shape } from '../../tensor.ts'
import { component, ref } from './component.ts'
import { count, oneOf } from './fields.ts'
import { TensorMetadata } from './inference.ts'

export const versionText = Type.String({ description: '0 is the live network; 1, 2, 3 … are its checkpoints' })

export const ServerMetadata = component('ServerMetadata', Type.Object({
  name: Type.String(),
  version: Type.String(),
  extensions: Type.Array(Type.String(), { description: 'Extensions of the protocol that work here' })
}, { additionalProperties: false }))

export const ModelNames = component('ModelNames', Type.Object({ models: Type.Array(Type.String()) }, { additionalProperties: false }))

export const ModelMetadata = component('ModelMetadata', Type.Object({
  name: Type.String(),
  versions: Type.Array(versionText),
  platform: Type.String(),
  inputs: Type.Array(ref(TensorMetadata)),
  outputs: Type.Array(ref(TensorMetadata))
}, { additionalProperties: false }))

export const ModelReadiness = component('ModelReadiness', Type.Object({
  name: Type.String(),
  ready: Type.Boolean({ description: 'Whether inferences are answered' }),
  error: Type.Optional(Type.String({ description: 'Why not' }))
}, { additionalProperties: false }))

const modelTensor = component('ModelTensor', Type.Object({
  name: Type.String(),
  data_type: Type.String({ description: 'TYPE_ before the datatype' }),
  dims: Type.Unsafe<Shape>({ type: 'array', items: { type: 'integer', format: 'int64' }, description: 'Without the batch dimension where max_batch_size is not 0' })
}, { additionalProperties: false }))

const allVersions = component('AllVersions', Type.Object({}, { additionalProperties: false }))
const versionPolicy = component('VersionPolicy', Type.Object({ all: ref(allVersions) }, { additionalProperties: false }))
const dynamicBatching = component('DynamicBatching', Type.Object({
  preferred_batch_size: Type.Array(Type.Integer()), max_queue_delay_microseconds: count('How long a request waits for others')
}, { additionalProperties: false }))

const responseCache = component('ResponseCache', Type.Object({ enable: Type.Boolean() }, { additionalProperties: false }))

export const ModelConfig = component('ModelConfig', Type.Object({
  name: Type.String(),
  platform: Type.String(),
  backend: Type.String(),
  version_policy: ref(versionPolicy),
  max_batch_size: count('Rows of the largest batch; 0 where requests cannot share a batch'),
  input: Type.Array(ref(modelTensor)),
  output: Type.Array(ref(modelTensor)),
  dynamic_batching: Type.Optional(ref(dynamicBatching)),
  response_cache: Type.Optional(ref(responseCache))
}, { additionalProperties: false }))

export const VERSION_STATES = ['READY', 'UNAVAILABLE'] as const

export const RepositoryEntry = component('RepositoryEntry', Type.Object({
  name: Type.String(),
  version: versionText,
  state: oneOf(VERSION_STATES, { description: 'READY: in memory, or live; UNAVAILABLE: `reason` says why' }),
  reason: Type.String({ description: 'Empty when ready' })
}, { additionalProperties: false }))

export const RepositoryIndex = component('RepositoryIndex', Type.Array(ref(RepositoryEntry)))
