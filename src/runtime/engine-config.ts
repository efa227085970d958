import type { BackendName } from '../operations/schemas/runtime.ts'
import type { RuntimeLimits } from './runtime.ts'

/** What the front process tells an engine when it starts it. */
export interface EngineConfig {
  /** Its number: the first, 0, changes models, the others run inferences. */
  readonly engine: number
  /** Engines that share the processors. */
  readonly engines: number
  /** Folder of the store. */
  readonly data: string
  /** Folder of further architectures; '' for none. */
  readonly models: string
  readonly backend: 'auto' | BackendName
  /** Folder of native builds, or one build; '' for the one in the user's cache folder. */
  readonly native: string
  /** Threads of one native operation; null lets the backend decide. */
  readonly threads: number | null
  readonly limits: RuntimeLimits
  readonly log_level: string
}
