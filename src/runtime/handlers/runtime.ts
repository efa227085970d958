import { deviceMemory } from '../../nn/index.ts'
import { readRuntime } from '../../operations/index.ts'
import type { EngineMemory } from '../../operations/hello.ts'
import type { Handler } from './define.ts'

/** The engine's part of the answer; the front process adds the rest. */
export const describeRuntime: Handler = {
  operation: readRuntime,
  needsModel: false,
  run: (): EngineMemory => {
    const { tensors, bytes } = deviceMemory()
    return { engine_bytes: process.memoryUsage.rss(), tensors, tensor_bytes: bytes }
  }
}
