/** Answers about a served model, made of its signature. */
import type { Static } from 'typebox'
import type { Shape } from '../tensor.ts'
import type { Signature } from './schemas/inference.ts'
import type { ModelConfig, ModelMetadata } from './schemas/served-model.ts'
import type { Serving } from './schemas/serving.ts'

const PLATFORM = 'blockserve_gluon'

export function metadataView (name: string, versions: readonly number[], { inputs, outputs }: Signature): Static<typeof ModelMetadata> {
  return { name, versions: versions.map(String), platform: PLATFORM, inputs: [...inputs], outputs: [...outputs] }
}

/** The configuration as Triton writes it: where rows are apart, the batch dimension is left out of `dims`. */
export function configView (name: string, { inputs, outputs, row_wise }: Signature, serving: Serving): Static<typeof ModelConfig> {
  const dims = (shape: Shape): Shape => row_wise ? shape.slice(1) : shape
  const tensors = (list: Signature['inputs']): Static<typeof ModelConfig>['input'] =>
    list.map(({ name, datatype, shape }) => ({ name, data_type: `TYPE_${datatype}`, dims: dims(shape) }))
  return {
    name,
    platform: PLATFORM,
    backend: 'blockserve',
    version_policy: { all: {} },
    max_batch_size: row_wise ? serving.max_batch_size : 0,
    input: tensors(inputs),
    output: tensors(outputs),
    ...row_wise && { dynamic_batching: { preferred_batch_size: [], max_queue_delay_microseconds: serving.max_queue_delay_us } },
    ...serving.cache_bytes > 0 && { response_cache: { enable: true } }
  }
}
