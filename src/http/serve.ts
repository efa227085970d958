import type { FastifyInstance } from 'fastify'
import type { Config } from '../config.ts'
import type { Dataplane } from '../dataplane/dataplane.ts'
import type { Input, Operation } from '../operations/define.ts'
import { admission } from './admission.ts'
import { contextOf } from './context.ts'
import { inputReader } from './input.ts'
import { respond } from './respond.ts'
import type { Route } from './routes/route.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Name of the operation that the route serves. */
    readonly operation?: string
  }
}

/** Adds a route: the request becomes the operation's input, the data plane answers. */
export function serve (app: FastifyInstance, route: Route, { dataplane, config }: { dataplane: Dataplane, config: Config }): void {
  const { operation, method, url } = route
  const read = inputReader(route, config)
  app.route({
    method,
    url,
    config: { operation: operation.name },
    ...admission(dataplane, operation),
    handler: async (request, reply) => {
      const input = read(request)
      const context = contextOf(request, reply, config.requestTimeoutMs)
      const answer = await dataplane.run(operation, input as Input<Operation>, context)
      return respond(reply, route, answer, input)
    }
  })
}
