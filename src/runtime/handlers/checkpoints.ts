import { problem } from '../../errors.ts'
import { dictFile, writeMxnet } from '../../formats/index.ts'
import { structuralValues } from '../../nn/index.ts'
import { createCheckpoint, deleteCheckpoint } from '../../operations/index.ts'
import { checkpointView } from '../../operations/record-views.ts'
import { handler, handlerOfRecord } from './define.ts'

export const create = handler(createCheckpoint, call => {
  const { live, input } = call
  const values = structuralValues(live.block)
  const { architecture, spec, seed } = live.identity
  const names = [...values].map(([name, { shape, dtype }]) => ({ name, shape, dtype }))
  const manifest = { format: input.format ?? 'mxnet', note: input.note ?? null, created_at: new Date().toISOString(), architecture, spec, seed, names }
  const bytes = writeMxnet(dictFile(values))
  return call.commit(tx => checkpointView(tx.putCheckpoint(live.identity.id, manifest, bytes)))
})

export const remove = handlerOfRecord(deleteCheckpoint, call => {
  const { runtime, input } = call
  const { id } = runtime.models.record(input.model)
  return call.commit(tx => {
    if (tx.checkpoint(id, input.checkpoint) === undefined) {
      throw problem('checkpoint_not_found', { model: input.model, checkpoint: input.checkpoint, known: 'GET …/checkpoints lists those that exist.' })
    }
    tx.removeCheckpoint(id, input.checkpoint)
    return null
  })
})
