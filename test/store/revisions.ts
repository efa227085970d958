/** A model whose every part tells its revision, so that half a change shows. */
import type { Reader, Store, Transaction } from '../../src/store/store.ts'
import { arrayManifest, checkpointManifest, filled, LARGE, modelRecord } from './samples.ts'

const SIZES = [1, 1000, LARGE - 1, LARGE, 2 * LARGE]
const KEPT_CHECKPOINTS = 3

/** Writes the next revision of model 'm' and returns its number. */
export function writeRevision (store: Store): number {
  return store.transact(tx => {
    const old = tx.model('m')
    const revision = (old?.revision ?? 0) + 1
    const id = old?.id ?? tx.nextModelId()
    tx.putModel({ ...modelRecord(id, 'm'), revision, checkpoints_made: old?.checkpoints_made ?? 0 })
    writeParts(tx, id, revision)
    return revision
  })
}

function writeParts (tx: Transaction, id: number, revision: number): void {
  tx.putStream(id, Uint8Array.of(revision % 256))
  for (const [i, size] of SIZES.entries()) tx.putValue(id, `p${i}`, filled(size, revision))
  tx.putCheckpoint(id, checkpointManifest(String(revision)), Uint8Array.of(revision % 256))
  tx.removeCheckpoint(id, revision - KEPT_CHECKPOINTS)
  tx.putArrays('x', arrayManifest(), new Uint8Array(revision % 2 === 0 ? 1 : 2 ** 20 + 1).fill(revision % 256))
}

/** How many blobs a revision has. */
export const blobsOf = (revision: number): number => 2 + Math.min(revision, KEPT_CHECKPOINTS) + revision % 2

/** Every part of model 'm' with the revision it tells; all are alike unless a change was torn. */
export function revisionsIn (reader: Reader): { readonly model: number, readonly parts: readonly number[] } {
  const model = reader.model('m')
  if (model === undefined) return { model: 0, parts: [] }
  const values = SIZES.flatMap((_, i) => {
    const data = reader.value(model.id, `p${i}`)?.data
    return [data?.[0], data?.at(-1)].map(Number)
  })
  const checkpoint = reader.checkpointContent(model.id, model.revision)
  const low = [reader.stream(model.id)?.[0], checkpoint?.content[0], reader.arrayContent('x')?.content.at(-1)].map(byte => restore(Number(byte), model.revision))
  return { model: model.revision, parts: [...values, ...low, model.checkpoints_made, Number(checkpoint?.record.note)] }
}

// A byte tells a revision up to multiples of 256.
const restore = (byte: number, near: number): number => byte === near % 256 ? near : byte
