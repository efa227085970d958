/** A request as the input of an operation: path, query and body checked, tensors decoded, all in one object. */
import type { FastifyRequest } from 'fastify'
import { problem } from '../errors.ts'
import { bodySchema, paramsSchema, querySchema } from './routes/route.ts'
import type { Route } from './routes/route.ts'
import { checkerOf } from './validation.ts'
import type { TensorLimits } from '../wire/decode-elements.ts'
import { decoderOf } from '../wire/decoder.ts'

type Members = Record<string, unknown>
type ReadBody = (body: unknown) => Members

/** What reads the input of a route; made once per route. It throws errors of the table only. */
export function inputReader (route: Route, limits: TensorLimits): (request: FastifyRequest) => Members {
  const checkParams = checkerOf('path', paramsSchema(route))
  const checkQuery = checkerOf('query', querySchema(route))
  const readBody = bodyReader(route, limits)
  const assemble = route.custom?.assemble
  return request => {
    const params = request.params as Members
    const query = request.query as Members
    checkParams(params)
    checkQuery(query)
    const body = readBody(request.body)
    return { ...assemble ? assemble({ params, query, body }) : { ...query, ...body, ...params } }
  }
}

function bodyReader (route: Route, limits: TensorLimits): ReadBody {
  const { upload } = route
  const readJson = jsonReader(route, limits)
  return body => {
    if (!(body instanceof Uint8Array)) return readJson(body)
    if (upload === undefined) throw problem('unsupported_media_type', { received: 'application/octet-stream', expected: 'application/json' })
    return { [upload]: body }
  }
}

function jsonReader (route: Route, limits: TensorLimits): ReadBody {
  const schema = bodySchema(route)
  if (schema === undefined) return () => ({})
  const check = checkerOf('body', schema)
  const decode = decoderOf(schema)
  return body => {
    const given = body === undefined ? {} : body
    check(given)
    const value = decode ? decode(given, '', limits) : given
    return route.whole === undefined ? value as Members : { [route.whole]: value }
  }
}
