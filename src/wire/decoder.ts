/** What turns the parsed body of an operation into its input: made once from the schema, it visits only the places of tensors. */
import { decodeArgument, decodeTensor } from './decode-tensor.ts'
import type { TensorLimits } from './decode-elements.ts'

export type Decode = (value: unknown, pointer: string, limits: TensorLimits) => unknown

interface Schema {
  readonly $ref?: string
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
}

const TENSORS: Readonly<Record<string, Decode>> = { 'TensorInput#': decodeTensor, 'Argument#': decodeArgument }

/** A member name as JSON pointers write it. */
export const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

/** The decoder of values of a schema; undefined when it has no place for a tensor. Values are validated before. */
export function decoderOf (schema: Schema): Decode | undefined {
  if (schema.$ref !== undefined) return TENSORS[schema.$ref]
  if (schema.items !== undefined) return listDecoder(schema.items)
  if (typeof schema.additionalProperties === 'object') return recordDecoder(schema.additionalProperties)
  return schema.properties === undefined ? undefined : objectDecoder(schema.properties)
}

function listDecoder (items: Schema): Decode | undefined {
  const decode = decoderOf(items)
  return decode && ((value, pointer, limits) => (value as unknown[]).map((item, i) => decode(item, `${pointer}/${i}`, limits)))
}

function recordDecoder (member: Schema): Decode | undefined {
  const decode = decoderOf(member)
  return decode && ((value, pointer, limits) => Object.fromEntries(Object.entries(value as object)
    .map(([key, item]) => [key, decode(item, `${pointer}/${escapePointer(key)}`, limits)])))
}

function objectDecoder (properties: Readonly<Record<string, Schema>>): Decode | undefined {
  const members = Object.entries(properties).flatMap(([key, schema]) => {
    const decode = decoderOf(schema)
    return decode ? [{ key, decode }] : []
  })
  if (members.length === 0) return undefined
  return (value, pointer, limits) => {
    const object = value as Record<string, unknown>
    for (const { key, decode } of members) {
      if (object[key] !== undefined) object[key] = decode(object[key], `${pointer}/${key}`, limits)
    }
    return object
  }
}
