import type { Request } from '../engine/channel.ts'
import { problem } from '../errors.ts'
import { scoped } from '../nn/index.ts'
import type { EngineAnswer } from '../operations/envelope.ts'
import { Call } from './call.ts'
import type { Handler } from './handlers/define.ts'
import { HANDLERS } from './handlers/index.ts'
import type { Runtime } from './runtime.ts'

/**
 * Runs one request: the earlier answer of a repeated one; otherwise its handler, after which everything that changed is
 * on disk. When it fails, nothing has changed: what a failed handler did to a model is forgotten with its copy in memory.
 */
export function dispatch (runtime: Runtime, request: Request): EngineAnswer {
  const handler = HANDLERS.get(request.operation)
  if (handler === undefined) throw problem('internal')
  const call = new Call(runtime, request)
  const earlier = request.kind === 'read' ? undefined : call.earlierAnswer()
  return earlier ?? run(call, handler)
}

function run (call: Call, handler: Handler): EngineAnswer {
  call.runtime.models.setDeadline(call.request.deadline)
  try {
    attachModel(call, handler)
    const answer = call.answer(saved(call, work(call, handler)))
    logRemarks(call)
    return answer
  } catch (error) {
    forgetChanges(call)
    throw error
  }
}

function attachModel (call: Call, handler: Handler): void {
  const { model: name } = call.request
  if (name === null || !handler.needsModel) return
  call.model = call.runtime.models.get(name)
  if (call.request.kind !== 'read') call.checkRevision(name, call.model.revision)
}

function work (call: Call, handler: Handler): unknown {
  const handle = (): unknown => scoped(() => handler.run(call))
  return call.model === undefined ? handle() : call.model.session.run(handle)
}

function saved (call: Call, output: unknown): unknown {
  if (call.committed || call.request.kind === 'read') return output
  if (call.request.kind === 'infer' && call.model?.changed !== true) return output
  return call.commit(() => output)
}

/** What the answer had no place for must not be told with the next one. */
function logRemarks ({ model, runtime }: Call): void {
  for (const warning of model?.warnings ?? []) runtime.log.warn({ model: model?.name }, warning)
  model?.forgetRemarks()
}

function forgetChanges (call: Call): void {
  const { model } = call
  if (model === undefined) return
  if (call.committed || model.changed) call.runtime.models.drop(model.identity.name)
  model.forgetRemarks()
}
