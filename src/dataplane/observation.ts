/** What a monitor may look at: counts since the start, and how things stand. */
import type { DepartureCounts, EngineStatus } from '../engine/engine.ts'
import type { Figures } from './inference-meter.ts'

export interface ModelObservation {
  readonly model: string
  readonly version: number
  readonly figures: Figures
}

export interface Observation {
  readonly inferences: readonly ModelObservation[]
  /** Why batches left, by model. */
  readonly departures: ReadonlyArray<{ readonly model: string, readonly counts: DepartureCounts }>
  /** Bytes of answers that are kept, by model. */
  readonly cached: ReadonlyMap<string, number>
  readonly engine: EngineStatus
}

export type Observe = () => Observation
