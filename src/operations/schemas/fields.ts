/** Small schemas that many operations share. */
import { Type } from 'typebox'
import type { TSchema } from 'typebox'
import { DTYPE_NAMES } from '../../tensor.ts'
import type { DType } from '../../tensor.ts'

/** A string out of a fixed list. */
export const oneOf = <const T extends string>(values: readonly T[], options: { description?: string, default?: T } = {}) =>
  Type.Unsafe<T>({ type: 'string', enum: [...values], ...options })

export const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

const NAME_PATTERN = '^[A-Za-z0-9._-]{1,128}$'
const RESERVED_NAMES: readonly string[] = ['.', '..', 'stats']
const NAME = new RegExp(NAME_PATTERN)

/** Whether models, architectures and arrays may have this name. */
export const isName = (name: string): boolean => NAME.test(name) && !RESERVED_NAMES.includes(name)

/** A name; `isName` holds behind validation, which refuses others as `invalid_name`. */
export const name = (description: string) => Type.String({
  format: 'name', pattern: NAME_PATTERN, description: `${description}: 1 to 128 of A-Z a-z 0-9 . _ -, and neither ., .. nor stats`
})
export const modelName = name('Name of the model')
export const count = (description: string) => Type.Integer({ minimum: 0, description })
export const timestamp = (description: string) => Type.String({ format: 'date-time', description })
export const flag = (description: string, value = false) => Type.Optional(Type.Boolean({ description, default: value }))

export const shape = Type.Unsafe<readonly number[]>({
  type: 'array', items: { type: 'integer', minimum: -1 }, description: 'Dimensions, outermost first; -1 is not known yet'
})
export const dtype = Type.Unsafe<DType>({ type: 'string', enum: DTYPE_NAMES })
export const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the bytes, in hexadecimal' })

/** `?limit` and `?after` of a list. */
export const page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'The most entries to answer' })),
  after: Type.Optional(Type.String({ description: 'Answer the entries after this one: `next` of the page before' }))
}
export const next = nullable(Type.String({ description: 'Value of `after` for the next page; null on the last one' }))

/** Lines a custom initializer or program printed, and advice that is no error. */
export const remarks = {
  messages: Type.Optional(Type.Array(Type.String(), { description: 'Lines printed by the model, such as a custom initializer\'s' })),
  warnings: Type.Optional(Type.Array(Type.String(), { description: 'What worked, but may not be what was meant' }))
}
