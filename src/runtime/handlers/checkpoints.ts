import { dictFile, writeMxnet } from '../../formats/index.ts'
import { structuralValues } from '../../nn/index.ts'
import { createCheckpoint, deleteCheckpoint } from '../../operations/index.ts'
import { checkpointView } from '../../operations/record-views.ts'
import type { Signature } from '../../operations/schemas/inference.ts'
import type { JsonObject } from '../../store/store.ts'
import { checkpointMissing } from '../checkpoint-values.ts'
import { handler, handlerOfRecord } from './define.ts'

export const create = handler(createCheckpoint, call => {
  const { live, input } = call
  const values = structuralValues(live.block)
  const { architecture, spec, seed } = live.identity
  const names = [...values].map(([name, { shape, dtype }]) => ({ name, shape, dtype }))
  const manifest = { format: input.format ?? 'mxnet', note: input.note ?? null, created_at: new Date().toISOString(), architecture, spec, seed, names, signature: asJson(live.signature) }
  const bytes = writeMxnet(dictFile(values))
  return call.commit(tx => checkpointView(tx.putCheckpoint(live.identity.id, manifest, bytes)))
})

export const remove = handlerOfRecord(deleteCheckpoint, call => {
  const { runtime, input } = call
  const { id, name } = runtime.models.record(input.model)
  call.commit(tx => {
    if (tx.checkpoint(id, input.checkpoint) === undefined) throw checkpointMissing(tx, { id, name }, input.checkpoint)
    tx.removeCheckpoint(id, input.checkpoint)
    return null
  })
  runtime.models.versions.forget(name, input.checkpoint)
  return null
})

const asJson = (signature: Signature): JsonObject => signature as unknown as JsonObject
