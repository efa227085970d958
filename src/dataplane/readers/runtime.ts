import { BlockserveError } from '../../errors.ts'
import type { EngineAnswer } from '../../operations/envelope.ts'
import type { EngineReport } from '../../operations/engine-report.ts'
import type { EngineHello } from '../../operations/hello.ts'
import { readRuntime } from '../../operations/index.ts'
import type { RequestContext } from '../dataplane.ts'
import { reader, type Sources } from '../reader.ts'
import { callEngine } from '../call-engine.ts'

const UNKNOWN: EngineReport = { memory: { engine_bytes: null, tensors: null, tensor_bytes: null }, loaded: null, threads: null, gpu: null }

/** Answers also while no engine is ready: then what only an engine knows is null. */
export const runtime = reader(readRuntime, async (sources, input, context) => {
  const { state, reason, pid, restarts, waiting } = sources.engine.status()
  const hello = helloOf(sources)
  const { memory, loaded, threads, gpu } = await reportOf(sources, input, context)
  return {
    output: {
      backend: hello?.backend ?? null,
      device: hello?.device ?? null,
      versions: hello?.versions ?? { node: process.versions.node },
      backends: [...hello?.backends ?? []],
      threads,
      gpu,
      placement: [{ engine: 0, device: hello?.device ?? null, models: sources.store.modelCount(), loaded: loaded && [...loaded] }],
      engine: { state, reason, pid, restarts, waiting },
      memory: { server_bytes: process.memoryUsage.rss(), ...memory }
    }
  }
})

function helloOf ({ hello }: Sources): EngineHello | undefined {
  return unlessUnavailable(() => hello())
}

async function reportOf ({ engine }: Sources, input: object, context: RequestContext): Promise<EngineReport> {
  try {
    const { output } = await callEngine(engine, readRuntime, input, context) as EngineAnswer
    return output as EngineReport
  } catch (error) {
    if (isUnavailable(error)) return UNKNOWN
    throw error
  }
}

function unlessUnavailable<T> (read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (isUnavailable(error)) return undefined
    throw error
  }
}

const isUnavailable = (error: unknown): boolean => error instanceof BlockserveError && error.code === 'engine_unavailable'
