import { problem } from '../../errors.ts'
import { listParameters, readData, readParameter } from '../../operations/index.ts'
import { descriptionOf, type ParameterView } from '../../operations/views.ts'
import { compilePattern } from '../../patterns.ts'
import { slice } from '../../slicing.ts'
import { formatShape } from '../../tensor.ts'
import { reader } from '../reader.ts'
import { requireModel, requireParameter } from '../records.ts'

export const list = reader(listParameters, ({ store }, { model, select = '' }) => {
  const record = requireModel(store, model)
  const matches = select === '' ? () => true : compilePattern(select)
  const parameters = descriptionOf(record).parameters.filter(parameter => matches(parameter.name))
  return { output: { parameters }, revision: record.revision }
})

export const read = reader(readParameter, ({ store }, { model, parameter }) => {
  const record = requireModel(store, model)
  return { output: requireParameter(record, parameter), revision: record.revision }
})

export const data = reader(readData, ({ store }, { model, parameter, slice: part }) => {
  const record = requireModel(store, model)
  const found = requireParameter(record, parameter)
  checkReady(found)
  const value = store.value(record.id, found.name)
  if (value === undefined) throw problem('data_damaged', { detail: `the value of '${found.name}' of model '${model}' is missing` })
  return { output: part === undefined ? value : slice(value, part), revision: record.revision }
})

function checkReady ({ name, state, shape }: ParameterView): void {
  if (state === 'uninitialized') throw problem('not_initialized', { parameter: name })
  if (state === 'deferred') throw problem('deferred', { parameter: name, shape: formatShape(shape) })
}
