import type { Operation } from '../operations/define.ts'
import { callEngine, type Engines } from './call-engine.ts'
import type { RequestContext } from './dataplane.ts'
import { orUnavailable } from './unavailable.ts'

/** What every engine answers, by its number; undefined for those that are not there. */
export async function askAll<Output> (
  engines: Engines, operation: Operation, input: object, context: RequestContext
): Promise<ReadonlyArray<Output | undefined>> {
  return await Promise.all(engines.engine.status().engines.map(async (_, number) => {
    const answer = await orUnavailable(() => callEngine(engines, operation, input, context, { engine: number }))
    return answer?.output as Output | undefined
  }))
}
