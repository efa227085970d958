import { knownNames, problem } from '../../errors.ts'
import { listArrays, readArrays } from '../../operations/index.ts'
import { arraysView } from '../../operations/record-views.ts'
import { reader } from '../reader.ts'

export const list = reader(listArrays, ({ store }, { limit = 100, after }) => {
  const { items, next } = store.arrays({ limit, after })
  return { output: { arrays: items.map(arraysView), next } }
})

/** The file comes from the store; as JSON the engine answers it. */
export const read = reader(readArrays, ({ store }, { name, format = 'json' }) => {
  if (format === 'json') return undefined
  const found = store.arrayContent(name)
  if (found === undefined) throw problem('array_not_found', { array: name, known: knownNames('arrays', store.arrays({ limit: 8 }).items.map(item => item.name)) })
  const { record: { bytes, sha256 }, content } = found
  return { output: { kind: 'file' as const, filename: name, bytes, sha256, source: { data: content } } }
})
