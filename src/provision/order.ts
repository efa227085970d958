import type { Machine } from './machine.ts'
import type { Screen } from './progress.ts'
import type { Target } from './target.ts'

/** One build that is asked for. */
export interface Order {
  readonly target: Target
  /** Folder of builds. */
  readonly folder: string
  /** Files; with any, nothing is downloaded. */
  readonly wheels: readonly string[]
  readonly cudaLibraries: boolean
  readonly strip: boolean
  /** Build again what is there. */
  readonly force: boolean
}

/** What a build is made with and on. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv
  readonly machine: Machine
  readonly screen: Screen
  /** Ends the run. */
  readonly signal: AbortSignal
}

/** Whether the build gets the CUDA libraries. */
export const takesCudaLibraries = ({ target, cudaLibraries }: Order): boolean => target.variant === 'cuda' && cudaLibraries
