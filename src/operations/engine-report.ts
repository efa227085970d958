import type { Static } from 'typebox'
import type { EngineMemory } from './hello.ts'
import type { Gpu, Threads } from './schemas/runtime.ts'

/** What an engine tells of itself when it is asked. */
export interface EngineReport {
  readonly memory: EngineMemory
  /** Names of the models in its memory. */
  readonly loaded: readonly string[] | null
  readonly threads: Static<typeof Threads> | null
  /** The GPU it computes on, if it does on one. */
  readonly gpu: Static<typeof Gpu> | null
}
