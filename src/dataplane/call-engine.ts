import type { Engine } from '../engine/engine.ts'
import type { Operation } from '../operations/define.ts'
import type { EngineAnswer, Envelope } from '../operations/envelope.ts'
import type { RequestContext } from './dataplane.ts'

/** Lets an engine carry out an operation. */
export async function callEngine (engine: Engine, operation: Operation, input: object, context: RequestContext): Promise<EngineAnswer> {
  const envelope: Envelope = { input, request_id: context.requestId, if_match: context.ifMatch, idempotency_key: context.idempotencyKey }
  const { name, kind } = operation
  const { deadline, signal } = context
  return await engine.call({ operation: name, kind, model: modelOf(operation, input), input: envelope, deadline, signal }) as EngineAnswer
}

/** The model whose order the operation keeps; null for operations that are about none. */
function modelOf ({ input: { properties } }: Operation, input: object): string | null {
  return Object.hasOwn(properties, 'model') && 'model' in input ? String(input.model) : null
}
