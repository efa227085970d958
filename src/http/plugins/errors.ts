import fp from 'fastify-plugin'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { problem } from '../../errors.ts'
import type { BlockserveError } from '../../errors.ts'
import { allowedMethods } from '../allowed-methods.ts'
import type { Place } from '../allowed-methods.ts'
import { PROBLEM_TYPE, problemDocument, problemHeaders, toBlockserveError } from '../problems.ts'

/** Sends an error as problem+json. */
export function sendProblem (
  reply: FastifyReply, error: BlockserveError, requestId: string, headers: Readonly<Record<string, string>> = {}
): FastifyReply {
  return reply.code(error.status)
    .headers({ ...problemHeaders(error), ...headers, 'content-type': PROBLEM_TYPE })
    .send(JSON.stringify(problemDocument(error, requestId)))
}

/** Every error leaves as problem+json; unknown URLs are 404, known URLs with another method 405 with Allow. */
export default fp<{ routes: readonly Place[] }>(async (app, { routes }) => {
  const methodsAt = allowedMethods(routes)

  app.setErrorHandler((thrown, request, reply) => {
    const error = toBlockserveError(thrown, { contentType: request.headers['content-type'], bodyLimit: request.routeOptions.bodyLimit ?? 0 })
    if (error.code === 'internal') request.log.error({ err: error.cause ?? error }, 'unexpected error')
    else if (error.status >= 500) request.log.warn({ code: error.code }, error.message)
    return sendProblem(reply, error, request.id)
  })

  app.setNotFoundHandler((request: FastifyRequest, reply) => {
    const { method, url } = request
    const allowed = methodsAt(url.split('?', 1)[0]!)
    const shown = url.slice(0, 200)
    if (allowed.length === 0) return sendProblem(reply, problem('route_not_found', { method, url: shown }), request.id)
    return sendProblem(reply, problem('method_not_allowed', { method, url: shown, allowed: allowed.join(', ') }), request.id, { allow: allowed.join(', ') })
  })
}, { name: 'errors' })
