import type { Call, Engine } from '../engine/engine.ts'
import type { Operation } from '../operations/define.ts'
import type { EngineAnswer, Envelope } from '../operations/envelope.ts'
import type { RequestContext } from './dataplane.ts'

/** What the scheduler is told beside the request. */
export type Scheduling = Pick<Call, 'engine' | 'rows' | 'batching'>

const FIRST: Scheduling = { engine: 0 }

/** Lets an engine carry out an operation. */
export async function callEngine (
  engine: Engine, operation: Operation, input: object, context: RequestContext, scheduling: Scheduling = {}
): Promise<EngineAnswer> {
  const envelope: Envelope = { input, request_id: context.requestId, if_match: context.ifMatch, idempotency_key: context.idempotencyKey }
  const { name, kind } = operation
  const { deadline, signal, priority } = context
  const place = isForFirst(input, context) ? FIRST : scheduling
  return await engine.call({
    operation: name, kind, model: modelOf(operation, input), input: envelope, deadline, signal, priority, ...place
  }) as EngineAnswer
}

/** What is known to leave something behind: an answer under a key, or what training moves. */
const isForFirst = (input: object, { idempotencyKey }: RequestContext): boolean =>
  idempotencyKey !== undefined || ('train_mode' in input && input.train_mode === true)

/** The model whose order the operation keeps; null for operations that are about none. */
function modelOf ({ input: { properties } }: Operation, input: object): string | null {
  return Object.hasOwn(properties, 'model') && 'model' in input ? String(input.model) : null
}
