import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fp from 'fastify-plugin'
import type { OpenAPIV3 } from 'openapi-types'
import { ERRORS_URL, errorsPage } from '../openapi/errors-page.ts'

/** A block, in place of the page's own mark. */
const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="40" height="40"><path fill="#fff" d="M4 4h14v14H4zM22 4h14v14H22zM4 22h14v14H4z"/></svg>'

/** GET /openapi.json, a page to read it at /docs, and the table of errors. */
export default fp<{ document: object }>(async (app, { document }) => {
  const text = JSON.stringify(document)
  await app.register(swagger, { mode: 'static', specification: { document: document as OpenAPIV3.Document } })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { docExpansion: 'list', deepLinking: true },
    logo: { type: 'image/svg+xml', content: LOGO, href: '/docs', target: '_self' },
    theme: { title: 'blockserve', favicon: [{ filename: 'favicon.svg', rel: 'icon', type: 'image/svg+xml', sizes: 'any', content: LOGO.replace('#fff', '#333') }] }
  })
  app.get('/openapi.json', { logLevel: 'warn' }, async (_request, reply) => reply.header('content-type', 'application/json; charset=utf-8').send(text))
  const errors = errorsPage()
  app.get(ERRORS_URL, { logLevel: 'warn' }, async (_request, reply) => reply.header('content-type', 'text/markdown; charset=utf-8').send(errors))
}, { name: 'docs' })
