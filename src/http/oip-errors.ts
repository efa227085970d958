/** Errors as the Open Inference Protocol has them: `{"error": …}` as application/json, without a charset. */
import type { FastifyReply } from 'fastify'
import type { BlockserveError } from '../errors.ts'
import { problemHeaders } from './problems.ts'
import { PREFIX } from './routes/v2/route.ts'
import { ENCODINGS } from './wire/oip/encoding.ts'

export const JSON_TYPE = 'application/json'

/** Whether a URL is one whose errors look so, as far as it is known. */
export const isOip = (url: string): boolean => OIP_PATH.test(url)

const OIP_PATH = new RegExp(`^(${PREFIX}(/|$|\\?)|/v1/models/[^/?]+:predict($|\\?))`)

/** Statuses that say more than 400; every other mistake of a client is 400. */
const KEPT: ReadonlySet<number> = new Set([404, 405, 408, 413, 415, 431])

export const oipStatus = ({ status }: Pick<BlockserveError, 'status'>): number => status >= 500 || KEPT.has(status) ? status : 400

/** Sends an error. */
export function sendOipError (reply: FastifyReply, error: BlockserveError, headers: Readonly<Record<string, string>> = {}): FastifyReply {
  const encodings = error.code === 'unsupported_media_type' && { 'accept-encoding': ENCODINGS.join(', ') }
  return reply.code(oipStatus(error)).headers({ ...problemHeaders(error), ...encodings, ...headers, 'content-type': JSON_TYPE })
    .send(jsonBytes({ error: error.message }))
}

/** Bytes, because a charset would be added to text. */
export const jsonBytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
