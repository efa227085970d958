import { knownNames, problem } from '../../errors.ts'
import { listModels, readBlock, readModel } from '../../operations/index.ts'
import { blockView, descriptionOf, modelView, summaryView } from '../../operations/views.ts'
import type { BlockNode } from '../../operations/schemas/block.ts'
import { reader } from '../reader.ts'
import { requireModel } from '../records.ts'

export const list = reader(listModels, ({ store }, { limit = 100, after }) => {
  const { items, next } = store.models({ limit, after })
  return { output: { models: items.map(summaryView), next } }
})

export const read = reader(readModel, ({ store }, { model }) => {
  const record = requireModel(store, model)
  return { output: modelView(record), revision: record.revision }
})

export const block = reader(readBlock, ({ store }, { model, path }) => {
  const record = requireModel(store, model)
  const description = descriptionOf(record)
  const output = blockView(description, path)
  if (output === undefined) throw problem('block_not_found', { path, model, known: knownNames('paths', pathsOf(description.tree).slice(1)) })
  return { output, revision: record.revision }
})

const pathsOf = (node: BlockNode): string[] => [node.path, ...node.children.flatMap(pathsOf)]
