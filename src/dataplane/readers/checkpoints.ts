import { problem } from '../../errors.ts'
import { listCheckpoints, readCheckpoint, readCheckpointContent } from '../../operations/index.ts'
import { checkpointView } from '../../operations/record-views.ts'
import type { Reader } from '../../store/store.ts'
import { reader } from '../reader.ts'
import { requireModel } from '../records.ts'

export const list = reader(listCheckpoints, ({ store }, { model, limit = 100, after }) => {
  const { id } = requireModel(store, model)
  const { items, next } = store.checkpoints(id, { limit, after: after === undefined ? undefined : Number(after) })
  return { output: { checkpoints: items.map(checkpointView), next: next === null ? null : String(next) } }
})

export const read = reader(readCheckpoint, ({ store }, { model, checkpoint }) => {
  const found = store.checkpoint(requireModel(store, model).id, checkpoint)
  return { output: checkpointView(found ?? missing(store, model, checkpoint)) }
})

export const content = reader(readCheckpointContent, ({ store }, { model, checkpoint }) => {
  const found = store.checkpointStream(requireModel(store, model).id, checkpoint)
  if (found === undefined) return missing(store, model, checkpoint)
  const { record: { bytes, sha256 }, content: stream } = found
  return { output: { kind: 'file' as const, filename: `${model}-${checkpoint}.params`, bytes, sha256, source: { stream } } }
})

function missing (store: Reader, model: string, checkpoint: number): never {
  const ids = store.checkpoints(requireModel(store, model).id, { limit: 8 }).items.map(item => item.id)
  throw problem('checkpoint_not_found', { model, checkpoint, known: ids.length === 0 ? 'It has none yet.' : `It has ${ids.join(', ')}.` })
}
