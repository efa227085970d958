/** How KServe's protocols speak HTTP: bodies of any type, errors as `{"error": …}`, answers as application/json without a charset. */
import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify'
import { problem } from '../errors.ts'
import { JSON_TYPE, sendOipError } from './oip-errors.ts'
import { toBlockserveError } from './problems.ts'
import { Body } from './wire/oip/body.ts'
import { readBody } from './wire/oip/encoding.ts'

/** Makes a scope of its own speak so. Bodies may have `maxBodyBytes`. */
export function speakOip (app: FastifyInstance, maxBodyBytes: number): void {
  app.removeAllContentTypeParsers()
  app.addHook('onRequest', ignoreType)
  app.addContentTypeParser('*', (request: FastifyRequest, payload: FastifyRequest['raw']) => takeBody(request, payload, maxBodyBytes))
  app.addHook('onSend', withoutCharset)
  app.setErrorHandler((thrown, request, reply) => {
    const error = toBlockserveError(thrown, { bodyLimit: request.routeOptions.bodyLimit ?? 0 })
    if (error.code === 'internal') request.log.error({ err: error.cause ?? error }, 'unexpected error')
    else if (error.status >= 500) request.log.warn({ code: error.code }, error.message)
    return sendOipError(reply, error)
  })
}

/** The body of a request in such a scope; an empty one where it has none. */
export const bodyOf = ({ body }: FastifyRequest): Body => body instanceof Body ? body : new Body()

/** Whatever its type is called, a body is JSON, or JSON and bytes. Types that are none would be refused before any parser is asked. */
function ignoreType ({ headers }: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  headers['content-type'] = undefined
  done()
}

/** Fastify adds a charset to the type of a text. */
const withoutCharset: onSendHookHandler = (_request, reply, payload, done) => {
  if (typeof payload === 'string') reply.header('content-type', JSON_TYPE)
  done(null, payload)
}

async function takeBody ({ headers }: FastifyRequest, payload: FastifyRequest['raw'], limit: number): Promise<Body> {
  if (Number(headers['content-length']) > limit) throw problem('body_too_large', { limit })
  return await readBody(payload, headers['content-encoding'], limit)
}
