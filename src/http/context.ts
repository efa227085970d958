/** What a request says in its headers. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RequestContext } from '../dataplane/dataplane.ts'
import { problem } from '../errors.ts'
import { Disconnection } from './disconnection.ts'

/** How many milliseconds an answer is worth waiting for; the server's own bound holds all the same. */
export const TIMEOUT_HEADER = 'x-request-timeout-ms'

const MILLISECONDS = /^\d{1,9}$/
const KEY = /^[\x21-\x7e]{1,255}$/
const ENTITY_TAG = /^(W\/)?"(\d{1,15})"$/

/** The context of a request that arrives now and may take `timeoutMs`. Throws `validation_failed` for headers that cannot be read. */
export function contextOf (request: FastifyRequest, reply: FastifyReply, timeoutMs: number): RequestContext {
  const ifMatch = readIfMatch(request.headers['if-match'])
  const idempotencyKey = readKey(request.headers['idempotency-key'])
  const arrivedAt = Date.now()
  return {
    requestId: request.id,
    arrivedAt,
    deadline: arrivedAt + Math.min(timeoutMs, readTimeout(request.headers[TIMEOUT_HEADER])),
    signal: new Disconnection(reply.raw),
    ...ifMatch !== undefined && { ifMatch },
    ...idempotencyKey !== undefined && { idempotencyKey }
  }
}

function readTimeout (header: string | string[] | undefined): number {
  if (header === undefined) return Infinity
  if (typeof header === 'string' && MILLISECONDS.test(header)) return Number(header)
  throw problem('validation_failed', { detail: `the header ${TIMEOUT_HEADER} must be a whole number of milliseconds; received ${String(header).slice(0, 50)}` })
}

function readIfMatch (header: string | undefined): number | '*' | undefined {
  if (header === undefined || header === '*') return header
  const [, weak, revision] = ENTITY_TAG.exec(header) ?? []
  if (revision !== undefined && weak === undefined) return Number(revision)
  throw problem('validation_failed', { detail: `the header If-Match must be one ETag such as "3", or *; received ${header}` })
}

function readKey (header: string | string[] | undefined): string | undefined {
  if (header === undefined || (typeof header === 'string' && KEY.test(header))) return header
  throw problem('validation_failed', { detail: 'the header Idempotency-Key must be 1 to 255 visible ASCII characters' })
}
