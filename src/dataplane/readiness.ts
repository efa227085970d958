import type { EngineState } from '../engine/engine.ts'
import { LIVE_VERSION } from '../operations/schemas/inference.ts'
import type { ModelRecord } from '../store/store.ts'

/** Why a version of a model answers no inference now; undefined when it does. A checkpoint is loaded by its first inference. */
export function whyNotReady ({ unloaded, state, reason }: ModelRecord, version: number, engine: EngineState): string | undefined {
  if (unloaded === true) return 'unloaded'
  if (state === 'unavailable') return reason ?? 'its architecture is gone'
  if (state === 'created' && version === LIVE_VERSION) return 'its parameters are not initialized'
  return engine === 'ready' ? undefined : `the engine is ${engine}`
}
