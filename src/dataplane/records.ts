import { setImmediate } from 'node:timers/promises'
import { knownNames, problem } from '../errors.ts'
import { LIVE_VERSION } from '../operations/schemas/inference.ts'
import { descriptionOf, findParameter, type ParameterView } from '../operations/views.ts'
import type { CheckpointRecord, ModelRecord, Reader } from '../store/store.ts'

const SHOWN = 8

/** The saved model of that name. Throws `model_not_found`. */
export function requireModel (store: Reader, name: string): ModelRecord {
  const record = store.model(name)
  if (record !== undefined) return record
  throw problem('model_not_found', { model: name, known: knownNames('models', store.models({ limit: SHOWN }).items.map(item => item.name)) })
}

/** A parameter of a saved model by full or structural name. Throws `parameter_not_found`. */
export function requireParameter (record: ModelRecord, name: string): ParameterView {
  const description = descriptionOf(record)
  const found = findParameter(description, name)
  if (found !== undefined) return found
  const known = knownNames('parameters', description.parameters.map(parameter => parameter.name))
  throw problem('parameter_not_found', { parameter: name, model: record.name, known })
}

/** A checkpoint of a saved model. Throws `checkpoint_not_found`. */
export function requireCheckpoint (store: Reader, { id, name }: ModelRecord, checkpoint: number): CheckpointRecord {
  const found = store.checkpoint(id, checkpoint)
  return found ?? checkpointMissing(store, { id, name }, checkpoint)
}

/** Whether there is a model of that name, and a version of that number. */
export function exists (store: Reader, name: string, version: number): boolean {
  const record = store.model(name)
  if (record === undefined) return false
  return version === LIVE_VERSION || (Number.isSafeInteger(version) && store.checkpoint(record.id, version) !== undefined)
}

/** Throws the error for a checkpoint that is not there. */
export function checkpointMissing (store: Reader, { id, name }: Pick<ModelRecord, 'id' | 'name'>, checkpoint: number): never {
  const ids = store.checkpoints(id, { limit: SHOWN }).items.map(item => item.id)
  throw problem('checkpoint_not_found', { model: name, checkpoint, known: ids.length === 0 ? 'It has none yet.' : `It has ${ids.join(', ')}.` })
}

const PAGE = 200

/** The numbers of all checkpoints of a model, oldest first. */
export const checkpointIds = (store: Reader, { id, checkpoints_made: limit }: ModelRecord): number[] =>
  limit === 0 ? [] : store.checkpoints(id, { limit }).items.map(item => item.id)

/** All models by name. Other work gets its turn between pages. */
export async function * everyModel (store: Reader): AsyncGenerator<ModelRecord> {
  let after: string | undefined
  do {
    const { items, next } = store.models({ limit: PAGE, after })
    yield * items
    after = next ?? undefined
    await setImmediate()
  } while (after !== undefined)
}
