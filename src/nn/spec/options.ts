/** Options against their JSON Schema, every mistake with its pointer. */
import type { TObject, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { listNames, type Mistake } from '../../errors.ts'
import { createInitializer, initializerDefinitions, type InitializerSpec } from '../initializers/registry.ts'
import { at, isObject, own, show } from '../json.ts'

type Members = Readonly<Record<string, unknown>>

interface Described {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Described[]
  readonly items?: Described
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly pattern?: string
  readonly maxLength?: number
  readonly maxItems?: number
}

/** Required, of the right type, in range. `what` names the owner in messages about missing options. */
export function checkOptions (what: string, schema: TObject, options: Members, pointer: string): Mistake[] {
  const required = new Set<string>(schema.required ?? [])
  return Object.entries(schema.properties).flatMap(([name, option]) => {
    const [value, where] = [own(options, name), at(pointer, name)]
    if (value !== undefined) return isInitializer(name) ? checkInitializer(value, where) : checkOption(name, option, value, where)
    return required.has(name) ? [{ pointer, message: `${what} needs '${name}': ${expected(option)}.` }] : []
  })
}

/** Members that are none of the known ones. */
export function checkMembers (what: string, known: readonly string[], given: Members, pointer: string): Mistake[] {
  return Object.keys(given).filter(name => !known.includes(name)).map(name => ({
    pointer: at(pointer, name), message: `${what} has no member '${name}'. Its members are: ${known.map(member => `'${member}'`).join(', ') || 'none'}.`
  }))
}

/** Whether it can be made, and its options are what its definition says. null stands for none. */
export function checkInitializer (value: unknown, pointer: string): Mistake[] {
  if (value === null) return []
  const isSpec = (typeof value === 'string' && value.length <= 4096) || (isObject(value) && typeof own(value, 'type') === 'string')
  if (!isSpec) return [{ pointer, message: `Expected the name of an initializer or {"type", …options}, received ${show(value)}.` }]
  try {
    createInitializer(value as InitializerSpec)
  } catch (error) {
    return [{ pointer, message: error instanceof Error ? error.message : String(error) }]
  }
  return isObject(value) ? checkInitializerOptions(value, pointer) : []
}

function checkInitializerOptions (value: Members, pointer: string): Mistake[] {
  const name = String(value.type).toLowerCase()
  const known = initializerDefinitions().find(({ type, aliases }) => [type, ...aliases].some(word => word.toLowerCase() === name))
  return known === undefined ? [] : checkOptions(known.type, known.options, value, pointer)
}

/** Gluon names all its options for initializers so. */
const isInitializer = (name: string): boolean => name.endsWith('_initializer')

function checkOption (name: string, schema: TSchema, value: unknown, pointer: string): Mistake[] {
  if (Value.Check(schema, value)) return []
  return [{ pointer, message: `'${name}' must be ${expected(schema)}; received ${show(value)}.` }]
}

/** What a schema asks for, in words. */
export function expected (schema: Described): string {
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(expected))].join(' or ')
  if (schema.enum !== undefined) return `one of ${listNames(schema.enum.map(String))}`
  switch (schema.type) {
    case 'integer': case 'number': return `${schema.type === 'integer' ? 'an integer' : 'a number'}${range(schema)}`
    case 'boolean': return 'true or false'
    case 'array': return `a list${schema.maxItems === undefined ? '' : ` of at most ${schema.maxItems}`}${schema.items?.type === undefined ? '' : `, each ${expected(schema.items)}`}`
    case 'string': return `a string${text(schema)}`
    case undefined: return 'a value'
    default: return schema.type === 'object' ? 'an object' : schema.type
  }
}

function range ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Described): string {
  const bounds = [
    minimum === undefined ? '' : `at least ${minimum}`,
    exclusiveMinimum === undefined ? '' : `above ${exclusiveMinimum}`,
    maximum === undefined ? '' : `at most ${maximum}`,
    exclusiveMaximum === undefined ? '' : `below ${exclusiveMaximum}`
  ].filter(bound => bound !== '')
  return bounds.length === 0 ? '' : ` of ${bounds.join(' and ')}`
}

const text = ({ pattern, maxLength }: Described): string =>
  pattern !== undefined ? ` that matches ${pattern}` : maxLength !== undefined ? ` of at most ${maxLength} characters` : ''
