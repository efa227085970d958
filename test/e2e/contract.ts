/** Whether an answer is one that the OpenAPI document promises. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { openapiDocument } from '../../src/http/openapi/document.ts'
import type { Answer } from './client.ts'

interface Media { readonly schema: object }
interface Response { readonly content?: Readonly<Record<string, Media>> }
interface OperationObject { readonly responses: Readonly<Record<string, Response>> }
interface Document { readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>> }

type Validate = ReturnType<Ajv2020['compile']>

/** What an error at an unknown path is. */
const UNDOCUMENTED = { 'application/problem+json': { schema: { $ref: 'doc#/components/schemas/Problem' } } }

/** The same below /v2. */
const OIP_UNDOCUMENTED = { 'application/json': { schema: { $ref: 'doc#/components/schemas/InferenceError' } } }

const document = openapiDocument() as Document
const ajv = new Ajv2020({ strict: false })
formats.default(ajv)
ajv.addFormat('name', true).addFormat('binary', true).addSchema(document, 'doc')

/** How sure it is that a path that fits the template is meant: `/v1/architectures/validate` is no architecture, `m:predict` is no model. */
const generality = (template: string): number => template.includes('{') ? template.includes('}:') ? 1 : 2 : 0

/** Templates of paths, the surest first. */
const templates = Object.keys(document.paths)
  .map(template => ({ template, pattern: new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`) }))
  .sort((a, b) => generality(a.template) - generality(b.template))

const validators = new Map<string, Validate>()

/** Why the answer is not one of those the document promises; undefined when it is. */
export function contractMismatch (method: string, path: string, answer: Answer): string | undefined {
  const [plain = ''] = path.split('?')
  const operation = operationAt(method, plain)
  if (operation === undefined) return answer.status < 400 ? undefined : undocumentedMismatch(plain, answer)
  const response = operation.responses[answer.status]
  if (response === undefined) return `the status ${answer.status} is not documented: ${answer.bytes.toString().slice(0, 300)}`
  return bodyMismatch(answer.headers['content-type'], response.content, answer)
}

function undocumentedMismatch (path: string, answer: Answer): string | undefined {
  return bodyMismatch(answer.headers['content-type'], /^\/v2(\/|$)/.test(path) ? OIP_UNDOCUMENTED : UNDOCUMENTED, answer)
}

function operationAt (method: string, path: string): OperationObject | undefined {
  const found = templates.find(({ pattern }) => pattern.test(path))
  return found && document.paths[found.template]?.[method.toLowerCase()]
}

function bodyMismatch (type: string | undefined, content: Response['content'], { bytes, body }: Answer): string | undefined {
  if (content === undefined) return bytes.length === 0 ? undefined : 'a body came where none is documented'
  const [name = ''] = (type ?? '').split(';')
  const media = content[name]
  if (media === undefined) return `content of type ${type ?? 'none'} is not documented`
  if (!name.endsWith('json')) return undefined
  const validate = validatorOf(media.schema)
  return validate(body) ? undefined : ajv.errorsText(validate.errors)
}

function validatorOf (schema: object): Validate {
  const text = JSON.stringify(schema).replaceAll('"#/', '"doc#/')
  const known = validators.get(text)
  if (known !== undefined) return known
  const made = ajv.compile(JSON.parse(text) as object)
  validators.set(text, made)
  return made
}
