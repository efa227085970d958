/** What an engine says when it is ready. */
import type { Static } from 'typebox'
import type { Architecture, BlockType, FailedModule, InitializerType } from './schemas/catalogue.ts'
import type { BackendAttempt, BackendName, Memory } from './schemas/runtime.ts'

export interface EngineHello {
  readonly backend: BackendName
  readonly device: string
  /** The GPUs that engines may use, one each, as CUDA_VISIBLE_DEVICES names them; none where TensorFlow computes on none. */
  readonly gpus: readonly string[]
  readonly versions: Readonly<Record<string, string>>
  readonly backends: ReadonlyArray<Static<typeof BackendAttempt>>
  readonly blocks: ReadonlyArray<Static<typeof BlockType>>
  readonly initializers: ReadonlyArray<Static<typeof InitializerType>>
  /** The architectures of the models folders. */
  readonly architectures: ReadonlyArray<Static<typeof Architecture>>
  readonly failed: ReadonlyArray<Static<typeof FailedModule>>
}

/** Memory of an engine, as it says when asked. */
export type EngineMemory = Omit<Static<typeof Memory>, 'server_bytes'>
