import { Type } from 'typebox'
import { component, ref } from './component.ts'
import { count, nullable, oneOf } from './fields.ts'

export const BACKENDS = ['native-gpu', 'native-cpu', 'wasm'] as const
export type BackendName = typeof BACKENDS[number]
export const ENGINE_STATES = ['starting', 'ready', 'restarting', 'stopped'] as const
export type EngineState = typeof ENGINE_STATES[number]

export const BackendAttempt = component('BackendAttempt', Type.Object({
  backend: oneOf(BACKENDS),
  used: Type.Boolean(),
  reason: nullable(Type.String({ description: 'Why it was refused, or not tried; null for the one in use' }))
}, { additionalProperties: false }))

/** The first engine. */
export const Engine = component('Engine', Type.Object({
  state: oneOf(ENGINE_STATES),
  reason: nullable(Type.String({ description: 'Why it is not ready' })),
  pid: nullable(Type.Integer()),
  restarts: count('How often it was started again'),
  waiting: count('Requests that wait')
}, { additionalProperties: false }))

export const Memory = component('Memory', Type.Object({
  server_bytes: count('Resident memory of the front process'),
  engine_bytes: nullable(count('Resident memory of the engine processes')),
  tensors: nullable(count('Tensors alive in the engines')),
  tensor_bytes: nullable(count('Bytes of those tensors'))
}, { additionalProperties: false }))

export const Threads = component('Threads', Type.Object({
  value: Type.Integer({ minimum: 1, description: 'Threads that share one operation' }),
  reason: Type.String({ description: 'Why that many; also when another number would suit the models better' })
}, { additionalProperties: false }))

/** A GPU, as its driver tells: null is what it does not tell. */
export const Gpu = component('Gpu', Type.Object({
  name: nullable(Type.String()),
  uuid: nullable(Type.String()),
  compute_capability: nullable(Type.String({ description: 'Such as 9.0' })),
  driver_version: nullable(Type.String()),
  memory_total_bytes: nullable(count('All of its memory')),
  memory_free_bytes: nullable(count('What no process has taken of it, some seconds ago at most'))
}, { additionalProperties: false }))

/** Where models are computed: one row per engine. */
export const Placement = component('Placement', Type.Object({
  engine: count('Number of the engine, from 0: the first changes models, the others run inferences only'),
  state: oneOf(ENGINE_STATES),
  pid: nullable(Type.Integer()),
  restarts: count('How often it was started again'),
  device: nullable(Type.String({ description: 'What it computes on; null until it is ready' })),
  threads: nullable(Type.Integer({ minimum: 1, description: 'Threads that share one operation' })),
  models: count('Models it computes'),
  loaded: nullable(Type.Array(Type.String(), { description: 'Names of those in its memory; null when it does not answer' }))
}, { additionalProperties: false }))

/** What runs here. Everything about the backend is null until an engine is ready. */
export const Runtime = component('Runtime', Type.Object({
  backend: nullable(oneOf(BACKENDS)),
  device: nullable(Type.String({ description: 'What it computes on' })),
  versions: Type.Unsafe<Readonly<Record<string, string>>>({
    type: 'object', additionalProperties: { type: 'string' }, description: 'blockserve, node, tfjs, and the backend\'s own'
  }),
  backends: Type.Array(ref(BackendAttempt), { description: 'In the order they are tried' }),
  threads: nullable(ref(Threads)),
  gpu: Type.Union([ref(Gpu), Type.Null()], { description: 'The GPU in use; null when TensorFlow computes on none' }),
  placement: Type.Array(ref(Placement), { description: 'Which engine computes which models, on what' }),
  engine: ref(Engine),
  memory: ref(Memory)
}, { additionalProperties: false }))
