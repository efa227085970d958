import type { Logger } from 'pino'
import type { BlockRegistry } from '../nn/registry.ts'
import type { ReadOnlyStore, Store } from '../store/interface.ts'
import type { LiveModels } from './live-models.ts'

/** Bounds of an engine. */
export interface RuntimeLimits {
  readonly models: number
  /** Bytes of the parameters of one model. */
  readonly parameterBytes: number
  /** Bytes of the parameters of all versions in memory; as many as one model may have when left out. */
  readonly versionBytes?: number
  /** Elements of one tensor. */
  readonly elements: number
}

/** What the handlers of an engine work with. */
export interface Runtime {
  readonly store: ReadOnlyStore
  /** The same store, in the engine that changes models; the others have none. */
  readonly writer?: Pick<Store, 'transact'>
  readonly registry: BlockRegistry
  readonly models: LiveModels
  readonly limits: RuntimeLimits
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>
}
