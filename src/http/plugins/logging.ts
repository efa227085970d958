import fp from 'fastify-plugin'

/** One line per request when it is answered: id, operation, model, status, milliseconds. */
export default fp(async app => {
  app.addHook('onResponse', (request, reply, done) => {
    const { model } = request.params as { model?: string }
    const { operation } = request.routeOptions.config
    request.log.info({
      operation, model, method: request.method, url: request.url, status: reply.statusCode, ms: Math.round(reply.elapsedTime * 100) / 100
    }, 'request')
    done()
  })
}, { name: 'logging' })
