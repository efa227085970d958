import { deviceMemory } from '../../nn/index.ts'
import type { EngineReport } from '../../operations/engine-report.ts'
import { readRuntime } from '../../operations/index.ts'
import type { Handler } from './define.ts'

/** The engine's part of the answer, but for its device; the front process adds the rest. */
export const describeRuntime: Handler = {
  operation: readRuntime,
  needsModel: false,
  run: ({ runtime }): EngineReport => {
    const { tensors, bytes } = deviceMemory()
    const memory = { engine_bytes: process.memoryUsage.rss(), tensors, tensor_bytes: bytes }
    return { memory, loaded: runtime.models.names, threads: null, gpu: null }
  }
}
