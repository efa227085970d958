/** Requests against schemas: bodies are never coerced, query and path parameters are. The first mistake ends it, with a message of ours. */
import { Ajv } from 'ajv'
import type { ErrorObject, Options, ValidateFunction } from 'ajv'
import type { TSchema } from 'typebox'
import { problem } from '../errors.ts'
// Names the components that the schemas refer to.
import '../operations/index.ts'
import { components } from '../operations/schemas/component.ts'
import { isName } from '../operations/schemas/fields.ts'
import { escapePointer } from '../wire/decoder.ts'
import { show } from '../wire/decode-elements.ts'

/** What validation leaves to others: tensors to the decoder, specs and initializers to the Block library, which tells all mistakes. */
const LEFT_TO_OTHERS: Readonly<Record<string, object>> = {
  Tensor: {},
  TensorInput: {},
  Argument: {},
  Result: {},
  Spec: { type: 'object' },
  Initializer: { type: ['string', 'object'] },
  ArchitectureChoice: { type: ['string', 'object'] }
}

const OPTIONS: Options = {
  allErrors: false,
  removeAdditional: false,
  useDefaults: true,
  verbose: true,
  allowUnionTypes: true,
  strictRequired: false,
  strictTypes: false,
  formats: { name: isName, 'date-time': true, binary: true }
}

type Place = 'body' | 'query' | 'path'

function validator (coerceTypes: boolean): Ajv {
  const ajv = new Ajv({ ...OPTIONS, coerceTypes })
  for (const schema of components) {
    const left = LEFT_TO_OTHERS[schema.$id]
    ajv.addSchema(left ? { $id: schema.$id, ...left } : schema)
  }
  return ajv
}

const bodies = validator(false)
const parameters = validator(true)

/** A check of one part of a request. Throws `validation_failed` or `invalid_name`. */
export function checkerOf (place: Place, schema: TSchema): (value: unknown) => void {
  const { $id: _, ...plain } = schema as TSchema & { $id?: string }
  const validate: ValidateFunction = (place === 'body' ? bodies : parameters).compile(plain)
  return value => {
    if (!validate(value)) throw mistake(place, validate.errors ?? [])
  }
}

function mistake (place: Place, errors: readonly ErrorObject[]): Error {
  const error = errors.at(-1)!
  const isBadName = (error.parentSchema as { format?: string } | undefined)?.format === 'name' && error.keyword !== 'type'
  const pointer = pointerOf(error)
  const message = messageOf(error)
  const mistakes = [{ pointer, message }]
  if (isBadName) return problem('invalid_name', { name: String(error.data).slice(0, 200) }, { mistakes })
  const where = place === 'body' ? (pointer === '' ? 'the body' : pointer) : `the ${place} parameter '${pointer.slice(1)}'`
  return problem('validation_failed', { detail: `${where} ${message}` }, { mistakes })
}

function pointerOf ({ keyword, instancePath, params }: ErrorObject): string {
  return keyword === 'additionalProperties' ? `${instancePath}/${escapePointer(String(params.additionalProperty))}` : instancePath
}

const list = (values: readonly unknown[]): string => values.join(', ')

function messageOf (error: ErrorObject): string {
  const { keyword, params, parentSchema, data, schema } = error
  switch (keyword) {
    case 'additionalProperties': return `is not known here; known: ${list(Object.keys(parentSchema?.properties ?? {})) || 'none'}`
    case 'required': return `lacks the member '${params.missingProperty}'`
    case 'type': return `must be ${[params.type].flat().join(' or ')}, received ${show(data)}`
    case 'enum': return `must be one of ${list(params.allowedValues)}; received ${show(data)}`
    case 'oneOf': return `must have exactly one of the members ${list((schema as { required: string[] }[]).flatMap(({ required }) => required))}`
    case 'format':
    case 'pattern': return `must be a valid ${(parentSchema as { format?: string } | undefined)?.format ?? 'value'}, received ${show(data)}`
    default: return `${error.message ?? keyword}, received ${show(data)}`
  }
}
