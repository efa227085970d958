import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fp from 'fastify-plugin'
import type { OpenAPIV3 } from 'openapi-types'
import { ERRORS_URL, errorsPage } from '../openapi/errors-page.ts'

/** GET /openapi.json, a page to read it at /docs, and the table of errors. */
export default fp<{ document: object }>(async (app, { document }) => {
  const text = JSON.stringify(document)
  await app.register(swagger, { mode: 'static', specification: { document: document as OpenAPIV3.Document } })
  await app.register(swaggerUi, { routePrefix: '/docs', uiConfig: { docExpansion: 'list', deepLinking: true } })
  app.get('/openapi.json', { logLevel: 'warn' }, async (_request, reply) => reply.header('content-type', 'application/json; charset=utf-8').send(text))
  const errors = errorsPage()
  app.get(ERRORS_URL, { logLevel: 'warn' }, async (_request, reply) => reply.header('content-type', 'text/markdown; charset=utf-8').send(errors))
}, { name: 'docs' })
