import { listCheckpoints, readCheckpoint, readCheckpointContent } from '../../operations/index.ts'
import { checkpointView } from '../../operations/record-views.ts'
import { reader } from '../reader.ts'
import { checkpointMissing, requireCheckpoint, requireModel } from '../records.ts'

export const list = reader(listCheckpoints, ({ store }, { model, limit = 100, after }) => {
  const { id } = requireModel(store, model)
  const { items, next } = store.checkpoints(id, { limit, after: after === undefined ? undefined : Number(after) })
  return { output: { checkpoints: items.map(checkpointView), next: next === null ? null : String(next) } }
})

export const read = reader(readCheckpoint, ({ store }, { model, checkpoint }) => {
  return { output: checkpointView(requireCheckpoint(store, requireModel(store, model), checkpoint)) }
})

export const content = reader(readCheckpointContent, ({ store }, { model, checkpoint }) => {
  const owner = requireModel(store, model)
  const found = store.checkpointStream(owner.id, checkpoint)
  if (found === undefined) return checkpointMissing(store, owner, checkpoint)
  const { record: { bytes, sha256 }, content: stream } = found
  return { output: { kind: 'file' as const, filename: `${model}-${checkpoint}.params`, bytes, sha256, source: { stream } } }
})
