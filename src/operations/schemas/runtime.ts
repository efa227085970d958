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

export const Engine = component('Engine', Type.Object({
  state: oneOf(ENGINE_STATES),
  reason: nullable(Type.String({ description: 'Why it is not ready' })),
  pid: nullable(Type.Integer()),
  restarts: count('How often it was started again'),
  waiting: count('Requests that wait for it')
}, { additionalProperties: false }))

export const Memory = component('Memory', Type.Object({
  server_bytes: count('Resident memory of the front process'),
  engine_bytes: nullable(count('Resident memory of the engine process')),
  tensors: nullable(count('Tensors alive in the engine')),
  tensor_bytes: nullable(count('Bytes of those tensors'))
}, { additionalProperties: false }))

/** What runs here. Everything about the backend is null until an engine is ready. */
export const Runtime = component('Runtime', Type.Object({
  backend: nullable(oneOf(BACKENDS)),
  device: nullable(Type.String({ description: 'What it computes on' })),
  versions: Type.Unsafe<Readonly<Record<string, string>>>({
    type: 'object', additionalProperties: { type: 'string' }, description: 'blockserve, node, tfjs, and the backend\'s own'
  }),
  backends: Type.Array(ref(BackendAttempt), { description: 'In the order they are tried' }),
  engine: ref(Engine),
  memory: ref(Memory)
}, { additionalProperties: false }))
