/** The Open Inference Protocol in the OpenAPI document: versioned and unversioned paths, each with an operation id of its own. */
import type { TSchema } from 'typebox'
import { ERRORS } from '../../errors.ts'
import { modelInfer, modelReady } from '../../operations/index.ts'
import type { Operation } from '../../operations/define.ts'
import { ref } from '../../operations/schemas/component.ts'
import type { Component } from '../../operations/schemas/component.ts'
import { JSON_TYPE, oipStatus } from '../oip-errors.ts'
import { OIP_LIVE_URL, OIP_READY_URL } from '../plugins/inference.ts'
import { OIP_ROUTES } from '../routes/v2/index.ts'
import { PREFIX } from '../routes/v2/route.ts'
import type { OipRoute } from '../routes/v2/route.ts'
import { InferenceError, InferenceRequest, InferenceResponse, ModelNotReady, ServerLiveness, ServerReadiness } from '../routes/v2/schemas.ts'
import { TIMEOUT } from './operation.ts'
import { problemResponses } from './problem-responses.ts'

const BYTES = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
const LENGTH = { type: 'integer', format: 'int64', minimum: 0 }

const json = (schema: Component): object => ({ [JSON_TYPE]: { schema: ref(schema) } })
const pathOf = (url: string): string => PREFIX + url.replaceAll(/:(\w+)/g, '{model_$1}').replace('{model_model}', '{model_name}')

export function inferencePaths (): Record<string, object> {
  const routes = OIP_ROUTES.map(route => [pathOf(route.url), { [route.method.toLowerCase()]: operationOf(route) }] as const)
  return { ...Object.fromEntries(routes), ...probes() }
}

function probes (): Record<string, object> {
  const failure = { description: 'Internal Server Error: internal', content: json(InferenceError) }
  return {
    [PREFIX + OIP_LIVE_URL]: {
      get: { operationId: 'serverLive', summary: 'Whether the server answers', tags: ['inference'], responses: { 200: { description: 'It does', content: json(ServerLiveness) }, 500: failure } }
    },
    [PREFIX + OIP_READY_URL]: {
      get: {
        operationId: 'serverReady',
        summary: 'Whether the server can run models',
        tags: ['inference'],
        responses: {
          200: { description: 'It can', content: json(ServerReadiness) },
          500: failure,
          503: { description: 'Not now', content: json(ServerReadiness) }
        }
      }
    }
  }
}

function operationOf (route: OipRoute): object {
  const { operation, operationId, method } = route
  const { summary, description, tag } = operation
  const parameters = [...pathParameters(route), ...operation === modelInfer ? HEADERS : []]
  const contentOf = (status: number): object => json(operation === modelReady && status === 503 ? ModelNotReady : InferenceError)
  return {
    operationId,
    summary: operationId.includes('Version') ? `${summary} (a version)` : operationId === 'allStatistics' ? `${summary} (all models)` : summary,
    ...description !== undefined && { description },
    tags: [tag],
    ...parameters.length > 0 && { parameters },
    ...requestBody(route),
    responses: { 200: success(route), ...problemResponses(operation, method === 'POST', { statusOf: code => oipStatus(ERRORS[code]), contentOf }) }
  }
}

/** The header that says how a body is compressed. */
export const ENCODING = {
  name: 'Content-Encoding', in: 'header', required: false, description: 'How the body is compressed', schema: { type: 'string', enum: ['gzip', 'deflate', 'identity'] }
}

const HEADERS = [
  TIMEOUT,
  { name: 'Inference-Header-Content-Length', in: 'header', required: false, description: 'Bytes of JSON at the start of the decompressed body; 0: the body is the elements of the only input', schema: LENGTH },
  ENCODING
]

const pathParameters = ({ operation, url }: OipRoute): object[] => [...url.matchAll(/:(\w+)/g)].map(([, member]) => pathParameter(operation, member!))

/** A member of an operation's input where it stands in a path: `model` is `model_name` there, `version` is `model_version`. */
export function pathParameter ({ input }: Operation, member: string): object {
  const { description, ...schema } = input.properties[member] as TSchema & { description: string }
  return { name: member === 'model' ? 'model_name' : `model_${member}`, in: 'path', required: true, description, schema }
}

function requestBody ({ operation, body }: OipRoute): object {
  if (operation === modelInfer) return { requestBody: { required: true, content: { ...json(InferenceRequest), ...BYTES } } }
  return body === undefined ? {} : { requestBody: { required: false, content: json(body.schema) } }
}

function success ({ operation }: OipRoute): object {
  const { summary, output } = operation
  if ((output as { type?: string }).type === 'null') return { description: 'Done' }
  if (operation !== modelInfer) return { description: summary, content: { [JSON_TYPE]: { schema: output } } }
  const headers = { 'Inference-Header-Content-Length': { description: 'Bytes of JSON at the start of the decompressed body, where raw elements follow', schema: LENGTH } }
  return { description: summary, headers, content: { ...json(InferenceResponse), ...BYTES } }
}
