import type { BackendName } from '../operations/schemas/runtime.ts'

/** A backend that was loaded and made TensorFlow.js's own. */
export interface Opened {
  /** What it computes on, in words. */
  readonly device: string
  readonly versions: Readonly<Record<string, string>>
}

/** Why a backend cannot be used, in words its user can act on. */
export interface Refused { readonly refused: string }

export interface BackendOptions {
  /** `auto` takes the first that works; a name takes that one or fails. */
  readonly want: 'auto' | BackendName
  /** Threads of one native operation; without it TensorFlow decides. WASM has one. */
  readonly threads?: number | undefined
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
