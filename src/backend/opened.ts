import type { Static } from 'typebox'
import type { BackendName, Gpu, Threads } from '../operations/schemas/runtime.ts'

/** What the driver tells of the GPU in use. */
export type GpuFacts = Static<typeof Gpu>

/** How many threads share one operation, and why. */
export type ThreadChoice = Static<typeof Threads>

/** What suits the models, by what computes. */
export type SuggestedThreads = Readonly<Record<'native' | 'wasm', ThreadChoice>>

/** The reason for threads that somebody asked for. */
export const ASKED = 'BLOCKSERVE_THREADS, or the option threads, says so'

/** The GPU a backend computes on. */
export interface GpuInUse {
  /** It and its neighbours, one for each engine, as CUDA_VISIBLE_DEVICES named them before this process took one. */
  readonly visible: readonly string[]
  /** As the driver told it, a few seconds ago at most unless nobody has asked since. */
  facts (): GpuFacts
  /** Bytes free now; null when the driver does not tell. It takes the driver some tenths of a second. */
  freeBytes (): number | null
}

/** A backend that was loaded and made TensorFlow.js's own. */
export interface Opened {
  /** What it computes on, in words. */
  readonly device: string
  readonly versions: Readonly<Record<string, string>>
  readonly threads: ThreadChoice
  /** The GPU it computes on; null on a CPU. */
  readonly gpu: GpuInUse | null
}

/** Why a backend cannot be used, in words its user can act on. */
export interface Refused { readonly refused: string }

export interface BackendOptions {
  /** `auto` takes the first that works; a name takes that one or fails. */
  readonly want: 'auto' | BackendName
  /** Threads of one operation. */
  readonly threads?: number | undefined
  /**
   * Threads of one operation where neither `threads` nor, for native backends, TF_NUM_INTRAOP_THREADS says; without it TensorFlow decides,
   * and WebAssembly has one.
   */
  readonly suggestedThreads?: SuggestedThreads | undefined
  /** Folder of native builds, or one build. Default: `blockserve/native` in the user's cache folder. */
  readonly nativeFolder?: string | undefined
}

/** One step of the ladder: a backend that can be tried. */
export interface Rung {
  readonly backend: BackendName
  /** What to do when it is wanted and cannot be used. */
  readonly remedy: string
  open (options: BackendOptions): Promise<Opened | Refused>
}
