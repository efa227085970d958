import fp from 'fastify-plugin'
import { parseJson } from '../wire/parse-json.ts'

/** JSON by our parser (UTF-8, bounded depth, an empty body is none), files as bytes, nothing else. */
export default fp(async app => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJson(body))
    } catch (error) {
      done(error as Error)
    }
  })
  app.addContentTypeParser<Buffer>('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}, { name: 'bodies' })
