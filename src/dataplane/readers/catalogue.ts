import { knownNames, problem } from '../../errors.ts'
import { listArchitectures, listBlocks, listInitializers, listLosses, readArchitecture } from '../../operations/index.ts'
import { storedArchitectureView } from '../../operations/record-views.ts'
import { reader, type Sources } from '../reader.ts'

export const blocks = reader(listBlocks, ({ hello }) => ({ output: { blocks: [...hello().blocks] } }))

export const initializers = reader(listInitializers, ({ hello }) => ({ output: { initializers: [...hello().initializers] } }))

export const losses = reader(listLosses, () => ({ output: { losses: [] } }))

/** Those of modules and the stored ones, together by name. */
export const architectures = reader(listArchitectures, ({ store, hello }, { limit = 100, after = '' }) => {
  const stored = store.architectures({ limit: limit + 1, after }).items.map(storedArchitectureView)
  const modules = hello().architectures.filter(item => item.name > after)
  const all = [...stored, ...modules].sort((a, b) => a.name < b.name ? -1 : 1)
  const page = all.slice(0, limit)
  return { output: { architectures: page, failed: [...hello().failed], next: all.length > limit ? page.at(-1)?.name ?? null : null } }
})

export const architecture = reader(readArchitecture, (sources, { architecture: name }) => {
  const stored = sources.store.architecture(name)
  const output = sources.hello().architectures.find(item => item.name === name) ?? (stored && storedArchitectureView(stored))
  if (output === undefined) throw problem('architecture_not_found', { architecture: name, known: knownNames('architectures', namesOf(sources)) })
  return { output }
})

function namesOf ({ store, hello }: Sources): string[] {
  return [...hello().architectures.map(item => item.name), ...store.architectures({ limit: 8 }).items.map(item => item.name)]
}
