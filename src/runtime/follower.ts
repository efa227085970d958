/** An engine beside the first: it runs inferences, and follows what the first saves. */
import { FOLLOW, type Request } from '../engine/channel.ts'
import { problem } from '../errors.ts'
import type { EngineAnswer } from '../operations/envelope.ts'
import type { Run } from './device.ts'
import type { LiveModels } from './live-models.ts'

type Models = Pick<LiveModels, 'names' | 'peek' | 'record' | 'refresh'>

/** `run`, and what the first engine has others told. Throws `first_engine_only` for a model that its next inference would change. */
export function following (models: Models, run: Run): Run {
  return request => {
    if (request.operation === FOLLOW) return follow(models, request)
    const { model } = request
    if (model !== null && models.peek(model) === undefined) refuseUnfinished(models, model)
    return run(request)
  }
}

function follow (models: Models, { input }: Request): EngineAnswer {
  for (const name of input === null ? models.names : [String(input)]) models.refresh(name)
  return { output: null }
}

function refuseUnfinished (models: Models, model: string): void {
  const { state } = models.record(model)
  if (state === 'created' || state === 'initialized') throw problem('first_engine_only', { model })
}
