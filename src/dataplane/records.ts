import { knownNames, problem } from '../errors.ts'
import { descriptionOf, findParameter, type ParameterView } from '../operations/views.ts'
import type { ModelRecord, Reader } from '../store/store.ts'

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
