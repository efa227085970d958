import fp from 'fastify-plugin'
import type { FastifyRequest } from 'fastify'
import { problem } from '../../errors.ts'
import { parseJson } from '../../wire/parse-json.ts'

type Parse = (request: FastifyRequest, body: Buffer, done: (error: Error | null, body?: unknown) => void) => void

const parser = (parse: (body: Buffer) => unknown): Parse => (request, body, done) => {
  try {
    refuseEncoded(request)
    done(null, parse(body))
  } catch (error) {
    done(error as Error)
  }
}

function refuseEncoded ({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return
  throw problem('unsupported_media_type', { received: `with Content-Encoding ${encoding.slice(0, 50)}`, expected: 'a body that is not compressed' })
}

/** JSON by our parser (UTF-8, bounded depth, an empty body is none), files as bytes, nothing else. */
export default fp(async app => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, parser(parseJson))
  app.addContentTypeParser<Buffer>('application/octet-stream', { parseAs: 'buffer' }, parser(body => body))
}, { name: 'bodies' })
