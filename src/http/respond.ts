/** Answers of the data plane as responses. */
import type { FastifyReply } from 'fastify'
import type { Answer } from '../dataplane/dataplane.ts'
import type { Operation } from '../operations/define.ts'
import { isFileContent } from '../operations/schemas/content.ts'
import type { FileContent } from '../operations/schemas/content.ts'
import type { Route } from './routes/route.ts'
import { encode } from '../wire/encode.ts'

/** Sends the output: nothing, a file, or JSON; with its ETag and Location. */
export function respond (reply: FastifyReply, route: Route, { output, revision }: Answer<Operation>, input: object): FastifyReply {
  const headers = {
    ...revision !== undefined && { etag: `"${revision}"` },
    ...route.location && { location: route.location(output, input) }
  }
  if (output === null) return reply.code(route.status).headers(headers).send()
  if (isFileContent(output)) return reply.code(route.status).headers({ ...headers, ...fileHeaders(output) }).send(bodyOf(output))
  return reply.code(route.status).headers({ ...headers, 'content-type': 'application/json; charset=utf-8' }).send(encode(output))
}

const fileHeaders = ({ filename, bytes, sha256 }: FileContent) => ({
  'content-type': 'application/octet-stream',
  'content-length': bytes,
  'content-disposition': `attachment; filename="${filename.replaceAll(/[^\w.-]/g, '_')}"`,
  'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`
})

const bodyOf = ({ source }: FileContent) =>
  'stream' in source ? source.stream : Buffer.from(source.data.buffer, source.data.byteOffset, source.data.byteLength)
