import type { Operation } from '../operations/define.ts'
import { modelInfer } from '../operations/index.ts'
import { LIVE_VERSION } from '../operations/schemas/inference.ts'
import { cacheRoom, type Sources } from './reader.ts'
import { exists } from './records.ts'

/** What of an inference stands in its path. */
export interface Target { readonly model: string, readonly version?: number }

/** Throws `queue_full` for an inference that a full queue would refuse. One that may be answered from a cache is let in. */
export function admit (sources: Sources, operation: Operation, { model, version = LIVE_VERSION }: Target): void {
  if (operation.kind !== 'infer') return
  const { engine, store, meter } = sources
  const refusal = engine.fullness(model)
  if (refusal === undefined || cacheRoom(sources, model) > 0) return
  if (operation === modelInfer && exists(store, model, version)) meter.fail(model, version, 0)
  throw refusal
}
