/** One operation in the OpenAPI document. */
import type { TSchema } from 'typebox'
import type { Component } from '../../operations/schemas/component.ts'
import { EXAMPLES } from '../../operations/examples.ts'
import type { Example } from '../../operations/examples.ts'
import { bodySchema, paramsSchema, querySchema } from '../routes/route.ts'
import type { Route } from '../routes/route.ts'
import { problemResponses } from './problem-responses.ts'

const JSON_TYPE = 'application/json'
const BYTES_TYPE = 'application/octet-stream'
const BYTES = { type: 'string', format: 'binary' }

const capitalized = (name: string): string => name[0]!.toUpperCase() + name.slice(1)

/** How to refer to a schema; undefined for one without a name. */
function referenceTo (schema: TSchema): string | undefined {
  const { $ref, $id } = schema as { $ref?: string, $id?: string }
  return $ref ?? ($id && `${$id}#`)
}

const examplesOf = ({ operation }: Route): Example[] => EXAMPLES.filter(example => example.operation === operation)

/** The component that a JSON body is, unless it is one of the operations' own. */
export function requestComponent (route: Route): Component | undefined {
  const schema = bodySchema(route)
  if (schema === undefined || referenceTo(schema) !== undefined) return undefined
  return { ...schema, $id: `${capitalized(route.operation.name)}Request` }
}

export function operationObject (route: Route): object {
  const { operation } = route
  const { name, summary, description, tag } = operation
  const inUrl = [...parametersOf(route, 'path', paramsSchema(route)), ...parametersOf(route, 'query', querySchema(route))]
  const parameters = [...inUrl, ...headersOf(route)]
  return {
    operationId: name,
    summary,
    ...description !== undefined && { description },
    tags: [tag],
    ...parameters.length > 0 && { parameters },
    ...requestBody(route),
    responses: { [route.status]: success(route), ...problemResponses(operation, route.method !== 'GET') }
  }
}

interface Members {
  readonly properties: Readonly<Record<string, TSchema & { description?: string }>>
  readonly required?: readonly string[]
}

function parametersOf (route: Route, place: 'path' | 'query', schema: TSchema): object[] {
  const { properties, required = [] } = schema as unknown as Members
  return Object.entries(properties).map(([name, { description, ...member }]) => ({
    name, in: place, required: required.includes(name), description, schema: member, ...parameterExamples(route, place, name)
  }))
}

function parameterExamples (route: Route, place: 'path' | 'query', name: string): object {
  const values = examplesOf(route).flatMap(example => {
    const value = example[place]?.[name]
    return value === undefined ? [] : [[example.name, { value }]]
  })
  return values.length === 0 ? {} : { examples: Object.fromEntries(values) as object }
}

/** The header that bounds how long a request may take. */
export const TIMEOUT = {
  name: 'X-Request-Timeout-Ms',
  in: 'header',
  required: false,
  description: 'Milliseconds after which the answer is worth nothing any more; the bound of the server holds, too',
  schema: { type: 'integer', minimum: 0 }
}

function headersOf ({ operation }: Route): object[] {
  const ifMatch = {
    name: 'If-Match',
    in: 'header',
    required: false,
    description: 'Change the model only if this is its ETag',
    schema: { type: 'string' }
  }
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'A request sent again with the same key applies once',
    schema: { type: 'string', maxLength: 255 }
  }
  if (operation.kind === 'read') return []
  return [TIMEOUT, ...operation.errors.includes('precondition_failed') ? [ifMatch] : [], ...operation.kind === 'mutate' ? [key] : []]
}

function requestBody (route: Route): object {
  const schema = bodySchema(route)
  if (schema === undefined) return {}
  const { required = [], oneOf } = schema as { required?: string[], oneOf?: unknown }
  const $ref = referenceTo(schema) ?? `${requestComponent(route)!.$id}#`
  const json = { schema: { $ref }, ...mediaExamples(route, 'body') }
  return {
    requestBody: {
      required: required.length > 0 || oneOf !== undefined || route.whole !== undefined || route.custom !== undefined,
      content: { [JSON_TYPE]: json, ...route.upload !== undefined && { [BYTES_TYPE]: { schema: BYTES } } }
    }
  }
}

function mediaExamples (route: Route, member: 'body' | 'response'): object {
  const values = examplesOf(route).flatMap(example => {
    const value = example[member]
    return value === undefined ? [] : [[example.name, { summary: example.summary, value }]]
  })
  return values.length === 0 ? {} : { examples: Object.fromEntries(values) as object }
}

function success (route: Route): object {
  const { output, summary } = route.operation
  const headers = {
    ETag: { description: 'Revision of the model, where one is concerned', schema: { type: 'string' } },
    ...route.location && { Location: { description: 'Where it is', schema: { type: 'string' } } }
  }
  if (route.status === 204) return { description: 'Done', headers }
  return { description: summary, headers, content: Object.assign({}, ...outputs(output).map(schema => media(route, schema))) as object }
}

const outputs = (schema: TSchema): TSchema[] => (schema as { anyOf?: TSchema[] }).anyOf ?? [schema]

function media (route: Route, schema: TSchema): object {
  const isFile = referenceTo(schema) === 'File#'
  return isFile ? { [BYTES_TYPE]: { schema: BYTES } } : { [JSON_TYPE]: { schema, ...mediaExamples(route, 'response') } }
}
