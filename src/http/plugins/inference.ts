/** The Open Inference Protocol over HTTP: everything below /v2, with bodies, errors and answers of its own. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../../config.ts'
import type { Dataplane } from '../../dataplane/dataplane.ts'
import { problem } from '../../errors.ts'
import type { Input, Operation } from '../../operations/define.ts'
import { modelInfer, modelReady } from '../../operations/index.ts'
import { admission } from '../admission.ts'
import { allowedMethods } from '../allowed-methods.ts'
import { contextOf } from '../context.ts'
import { answerInference } from '../answer-inference.ts'
import { JSON_TYPE, jsonBytes, sendOipError } from '../oip-errors.ts'
import { bodyOf, speakOip } from '../oip-scope.ts'
import { OIP_ROUTES } from '../routes/v2/index.ts'
import { PREFIX } from '../routes/v2/route.ts'
import type { OipRoute } from '../routes/v2/route.ts'
import { readTarget } from '../../wire/oip/target.ts'
import { InferenceReader } from '../wire/oip/request.ts'
import { asObject } from '../../wire/oip/members.ts'
import { parseJson } from '../../wire/parse-json.ts'
import type { Health } from './health.ts'

export interface InferenceOptions { readonly dataplane: Dataplane, readonly config: Config, readonly health: Health }
interface Served extends InferenceOptions { readonly reader: InferenceReader }

export const OIP_LIVE_URL = '/health/live'
export const OIP_READY_URL = '/health/ready'

/** To be registered under `PREFIX`. */
export default async function inference (app: FastifyInstance, options: InferenceOptions): Promise<void> {
  speakOip(app, options.config.maxBodyBytes)
  addNotFound(app)
  addHealth(app, options.health)
  const reader = new InferenceReader(options.config)
  for (const route of OIP_ROUTES) addRoute(app, route, { ...options, reader })
}

function addNotFound (app: FastifyInstance): void {
  const places = [...OIP_ROUTES, { method: 'GET' as const, url: OIP_LIVE_URL }, { method: 'GET' as const, url: OIP_READY_URL }]
  const methodsAt = allowedMethods(places.map(({ method, url }) => ({ method, url: PREFIX + url })))
  app.setNotFoundHandler((request, reply) => {
    const { method } = request
    const path = request.url.split('?', 1)[0]!
    const allowed = methodsAt(path === `${PREFIX}/` ? PREFIX : path).join(', ')
    const url = request.url.slice(0, 200)
    if (allowed === '') return sendOipError(reply, problem('route_not_found', { method, url }))
    return sendOipError(reply, problem('method_not_allowed', { method, url, allowed }), { allow: allowed })
  })
}

function addHealth (app: FastifyInstance, health: Health): void {
  app.get(OIP_LIVE_URL, { logLevel: 'warn' }, async (_request, reply) => sendJson(reply, { live: true }))
  app.get(OIP_READY_URL, { logLevel: 'warn' }, async (_request, reply) => {
    const { state } = health()
    if (state === 'ready') return sendJson(reply, { ready: true })
    return sendJson(reply.code(503).header('retry-after', '1'), { ready: false, error: `the engine is ${state}` })
  })
}

function addRoute (app: FastifyInstance, route: OipRoute, { dataplane, config, reader }: Served): void {
  const { operation, operationId, method, url } = route
  const handler = operation === modelInfer
    ? async (request: FastifyRequest, reply: FastifyReply) => await answerInference(request, reply, { dataplane, config, reader })
    : async (request: FastifyRequest, reply: FastifyReply) => {
      const context = contextOf(request, reply, config.requestTimeoutMs)
      const { output } = await dataplane.run(operation, inputOf(route, request), context)
      return sendOutput(reply, operation, output)
    }
  app.route({
    method,
    url: url === '' ? '/' : url,
    prefixTrailingSlash: 'both',
    config: { operation: operationId },
    ...admission(dataplane, operation),
    handler
  })
}

function inputOf ({ body }: OipRoute, request: FastifyRequest): Input<Operation> {
  const members = body && body.read(asObject(parseJson(bodyOf(request).contiguous()) ?? {}, ''))
  return { ...members, ...readTarget(request.params as Record<string, string>) }
}

function sendOutput (reply: FastifyReply, operation: Operation, output: unknown): FastifyReply {
  if (output === null) return reply.code(200).send()
  if (operation === modelReady && !(output as { ready: boolean }).ready) reply.code(503).header('retry-after', '1')
  return sendJson(reply, output)
}

const sendJson = (reply: FastifyReply, value: unknown): FastifyReply => reply.header('content-type', JSON_TYPE).send(jsonBytes(value))
