import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import Fastify, { LogController } from 'fastify'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Config } from './config.ts'
import type { Dataplane } from './dataplane/dataplane.ts'
import type { Observe } from './dataplane/observation.ts'
import { problem } from './errors.ts'
import { openapiDocument } from './http/openapi/document.ts'
import { ERRORS_URL } from './http/openapi/errors-page.ts'
import bodies from './http/plugins/bodies.ts'
import docs from './http/plugins/docs.ts'
import errors, { sendProblem } from './http/plugins/errors.ts'
import health, { LIVE_URL, READY_URL } from './http/plugins/health.ts'
import type { Health } from './http/plugins/health.ts'
import inference from './http/plugins/inference.ts'
import logging from './http/plugins/logging.ts'
import metrics, { METRICS_URL } from './http/plugins/metrics.ts'
import predict from './http/plugins/predict.ts'
import { isOip, sendOipError } from './http/oip-errors.ts'
import { toBlockserveError } from './http/problems.ts'
import { answerClientError } from './http/raw-errors.ts'
import { PREDICT_PLACE } from './http/routes/predict.ts'
import { V1_ROUTES } from './http/routes/v1/index.ts'
import { PREFIX } from './http/routes/v2/route.ts'
import { serve } from './http/serve.ts'

export interface Dependencies {
  readonly config: Config
  readonly dataplane: Dataplane
  readonly health: Health
  /** What /metrics tells; there is none without it. */
  readonly observe?: Observe
  /** Silent when left out. */
  readonly logger?: FastifyBaseLogger
}

const OTHER_PLACES = [LIVE_URL, READY_URL, METRICS_URL, '/openapi.json', '/docs', ERRORS_URL].map(url => ({ method: 'GET' as const, url }))

/** The HTTP service, ready to listen or to be injected into. It owns nothing: whoever made the dependencies stops them. */
export async function buildApp (dependencies: Dependencies): Promise<FastifyInstance> {
  const { config } = dependencies
  const app = createServer(dependencies)
  await app.register(errors, { routes: [...V1_ROUTES, PREDICT_PLACE, ...OTHER_PLACES] })
  await app.register(bodies)
  await app.register(logging)
  await app.register(health, { health: dependencies.health })
  if (dependencies.observe !== undefined) await app.register(metrics, { observe: dependencies.observe })
  await app.register(docs, { document: openapiDocument() })
  refuseWhenClosing(app)
  for (const route of V1_ROUTES) serve(app, route, { dataplane: dependencies.dataplane, config })
  await app.register(predict, { dataplane: dependencies.dataplane, config })
  await app.register(inference, { ...dependencies, prefix: PREFIX })
  return app
}

function createServer ({ config, logger }: Dependencies): FastifyInstance {
  const urls = new WeakMap<Socket, string>()
  const app: FastifyInstance = Fastify({
    ...logger && { loggerInstance: logger },
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request' }),
    genReqId: requestIds(),
    bodyLimit: config.maxBodyBytes,
    requestTimeout: config.requestTimeoutMs,
    keepAliveTimeout: 72_000,
    return503OnClosing: false,
    routerOptions: { maxParamLength: 1024 },
    clientErrorHandler: (error, socket) => {
      answerClientError(error, socket as Socket, { timeoutMs: config.requestTimeoutMs, isOip: isOip(urls.get(socket as Socket) ?? '') })
    },
    frameworkErrors: (error, request, reply) => {
      const known = toBlockserveError(error, { bodyLimit: config.maxBodyBytes })
      if (isOip(request.url)) sendOipError(reply, known)
      else sendProblem(reply, known, request.id)
    }
  })
  app.addHook('onRequest', ({ raw: { socket }, url }, _reply, done) => {
    urls.set(socket, url)
    done()
  })
  return app
}

const REQUEST_ID = /^[\w.-]{1,64}$/

/** The caller's X-Request-Id where it is short and plain, else a new one: a random prefix per process, and a count. */
function requestIds (): (request: IncomingMessage) => string {
  const prefix = randomBytes(9).toString('base64url')
  let count = 0
  return ({ headers }) => {
    const given = headers['x-request-id']
    return typeof given === 'string' && REQUEST_ID.test(given) ? given : `${prefix}-${(++count).toString(36)}`
  }
}

/** Connections that are kept alive may still send requests while the server stops; each ends with its next answer. */
function refuseWhenClosing (app: FastifyInstance): void {
  let closing = false
  app.addHook('preClose', async () => { closing = true })
  app.addHook('onRequest', (_request, _reply, done) => done(closing ? problem('shutting_down') : undefined))
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close')
    done(null, payload)
  })
}
