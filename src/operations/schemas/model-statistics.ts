/** What the Open Inference Protocol counts. */
import { Type } from 'typebox'
import { component, ref } from './component.ts'
import { count, oneOf } from './fields.ts'
import { versionText } from './served-model.ts'

export const StatisticDuration = component('StatisticDuration', Type.Object({
  count: count('How often'), ns: count('Nanoseconds in all')
}, { additionalProperties: false }))

const duration = ref(StatisticDuration)
const compute = { compute_input: duration, compute_infer: duration, compute_output: duration }

export const InferenceStatistics = component('InferenceStatistics', Type.Object({
  success: duration, fail: duration, queue: duration, ...compute, cache_hit: duration, cache_miss: duration
}, { additionalProperties: false }))

export const BatchStatistics = component('BatchStatistics', Type.Object({ batch_size: Type.Integer(), ...compute }, { additionalProperties: false }))

export const MemoryUsage = component('MemoryUsage', Type.Object({
  type: oneOf(['CPU', 'GPU']), id: Type.Integer(), byte_size: count('Bytes of the parameters, while they are in memory')
}, { additionalProperties: false }))

const responseStatistics = component('ResponseStatistics', Type.Object({}, { additionalProperties: false }))

export const ModelStatistics = component('ModelStatistics', Type.Object({
  name: Type.String(),
  version: versionText,
  last_inference: count('When the last inference was answered, in ms since 1970; 0 before any'),
  inference_count: count('Rows inferred'),
  execution_count: count('Batches run'),
  inference_stats: ref(InferenceStatistics),
  response_stats: ref(responseStatistics),
  batch_stats: Type.Array(ref(BatchStatistics)),
  memory_usage: Type.Array(ref(MemoryUsage))
}, { additionalProperties: false }))

export const StatisticsList = component('StatisticsList', Type.Object({
  model_stats: Type.Array(ref(ModelStatistics))
}, { additionalProperties: false }))
