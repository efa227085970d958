/** A request that will be refused whatever its body says is refused before that is read. */
import type { FastifyRequest, RouteShorthandOptions } from 'fastify'
import type { Dataplane } from '../dataplane/dataplane.ts'
import type { Operation } from '../operations/define.ts'

type Hooks = Pick<RouteShorthandOptions, 'preParsing'>

/** The hooks of a route that serves this operation. Its path names the `model`, and may name the `version`. */
export function admission (dataplane: Dataplane, operation: Operation): Hooks {
  if (operation.kind !== 'infer') return {}
  return {
    preParsing: (request, _reply, payload, done) => {
      let refusal: Error | null = null
      try {
        dataplane.admit(operation, targetOf(request))
      } catch (error) {
        refusal = error as Error
      }
      done(refusal, payload)
    }
  }
}

function targetOf ({ params }: FastifyRequest): { model: string, version?: number } {
  const { model, version } = params as { model: string, version?: string }
  return { model, ...version !== undefined && { version: Number(version) } }
}
