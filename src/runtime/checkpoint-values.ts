import { problem } from '../errors.ts'
import { parameterValues, readArrayFile } from '../formats/index.ts'
import type { CheckpointRecord, ModelRecord, Reader } from '../store/store.ts'
import type { NamedTensors } from '../tensor.ts'
import { sha256 } from './hash.ts'

interface Saved { readonly record: CheckpointRecord, readonly values: NamedTensors }

/** A checkpoint of a model with the values in its file. Throws `checkpoint_not_found`, `data_damaged`, `invalid_file`. */
export function checkpointValues (store: Reader, { id, name }: ModelRecord, checkpoint: number): Saved {
  const found = store.checkpointContent(id, checkpoint)
  if (found === undefined) throw checkpointMissing(store, { id, name }, checkpoint)
  const { record, content } = found
  if (sha256(content) !== record.sha256) throw problem('data_damaged', { detail: `checkpoint ${checkpoint} of model '${name}' does not have its checksum` })
  return { record, values: parameterValues(readArrayFile(content)) }
}

/** The error for a checkpoint that is not there. */
export function checkpointMissing (store: Reader, { id, name }: Pick<ModelRecord, 'id' | 'name'>, checkpoint: number): Error {
  const ids = store.checkpoints(id, { limit: 8 }).items.map(item => item.id)
  return problem('checkpoint_not_found', { model: name, checkpoint, known: ids.length === 0 ? 'It has none yet.' : `It has ${ids.join(', ')}.` })
}
