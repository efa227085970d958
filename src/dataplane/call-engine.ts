import type { Call } from '../engine/engine.ts'
import { BlockserveError } from '../errors.ts'
import type { Operation } from '../operations/define.ts'
import type { EngineAnswer, Envelope } from '../operations/envelope.ts'
import type { RequestContext } from './dataplane.ts'
import type { Sources } from './reader.ts'
import { schedulingOf } from './scheduling.ts'

export type Engines = Pick<Sources, 'engine' | 'settings'>

/** Lets an engine carry out an operation: one that may, or the one that `place` names. */
export async function callEngine (
  { engine, settings }: Engines, operation: Operation, input: object, context: RequestContext, place?: Required<Pick<Call, 'engine'>>
): Promise<EngineAnswer> {
  const envelope: Envelope = { input, request_id: context.requestId, if_match: context.ifMatch, idempotency_key: context.idempotencyKey }
  const { name, kind } = operation
  const { arrivedAt, deadline, signal, priority } = context
  const model = modelOf(operation, input)
  const scheduling = place ?? (kind === 'infer' && model !== null ? schedulingOf(settings.of(model), input, context) : undefined)
  try {
    const call = { operation: name, kind, model, input: envelope, arrivedAt, deadline, signal, priority, ...scheduling }
    const answer = await engine.call(call) as EngineAnswer
    if (model !== null && answer.revision !== undefined) settings.see(model, answer.revision)
    return answer
  } catch (error) {
    if (model !== null && error instanceof BlockserveError && error.code === 'model_not_found') settings.forget(model)
    throw error
  } finally {
    if (model !== null && kind === 'mutate') settings.forget(model)
  }
}

/** The model whose order the operation keeps; null for operations that are about none. */
function modelOf ({ input: { properties } }: Operation, input: object): string | null {
  return Object.hasOwn(properties, 'model') && 'model' in input ? String(input.model) : null
}
