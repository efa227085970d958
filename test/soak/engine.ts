/** The engine of the product in a process of its own, as the server starts it, for tests that let it live and die often. */
import { startEngine, type Engine, type EngineOptions } from '../../src/engine/engine.ts'
import type { EngineAnswer, Envelope } from '../../src/operations/envelope.ts'
import type { Input, Operation, Output } from '../../src/operations/index.ts'
import type { EngineConfig } from '../../src/runtime/engine-config.ts'
import { hostTensor, type HostTensor } from '../../src/tensor.ts'
import { NATIVE_FOLDER, TEST_BACKEND } from '../backends.ts'
import { Log } from '../engine/harness.ts'

const ENTRY = new URL('../../src/runtime/entry.js', import.meta.url)
const MINUTE_MS = 60_000

export interface Started {
  readonly engine: Engine
  readonly log: Log
  /** The output of an operation. */
  readonly ask: <O extends Operation>(operation: O, input: Input<O>) => Promise<Output<O>>
}

/** Starts an engine on the data in a folder. */
export async function start (data: string, options: Partial<EngineOptions> = {}): Promise<Started> {
  const limits = { models: 10, parameterBytes: 1e9, elements: 1e8 }
  const config: EngineConfig = { engine: 0, engines: 1, data, models: '', backend: TEST_BACKEND, native: NATIVE_FOLDER, threads: null, log_level: 'silent', limits }
  const log = new Log()
  const engine = await startEngine({ entry: ENTRY, config, log, ...options })
  const ask: Started['ask'] = async (operation, input) => {
    const { name, kind } = operation
    const envelope: Envelope = { input, request_id: 'soak' }
    const model = 'model' in input ? String(input.model) : null
    const answer = await engine.call({ operation: name, kind, model, input: envelope, deadline: Date.now() + MINUTE_MS })
    return (answer as EngineAnswer).output as Output<typeof operation>
  }
  return { engine, log, ask }
}

/** Values that follow from the shape: 0, ¼, ½, … around again after a while. */
export function ramp (...shape: number[]): HostTensor {
  const size = shape.reduce((a, b) => a * b, 1)
  return hostTensor('float32', shape, Float32Array.from({ length: size }, (_, i) => i % 13 / 4 - 1))
}
