/** Members of a parsed JSON body, checked as they are read. */
import { problem } from '../../errors.ts'
import { show } from '../decode-elements.ts'
import { isObject } from '../is-object.ts'

export type Members = Readonly<Record<string, unknown>>

/** The error for a member that is not what it should be; `''` is the body. */
export function wrong (pointer: string, message: string): Error {
  return problem('validation_failed', { detail: `${pointer === '' ? 'the body' : pointer} ${message}` }, { mistakes: [{ pointer, message }] })
}

/** Reads a member that may be left out, or be null. */
export const optional = <T>(value: unknown, pointer: string, read: (value: unknown, pointer: string) => T): T | undefined =>
  value === undefined || value === null ? undefined : read(value, pointer)

export function asObject (value: unknown, pointer: string): Members {
  if (isObject(value)) return value
  throw wrong(pointer, `must be an object, received ${show(value)}`)
}

export function list (value: unknown, pointer: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw wrong(pointer, `must be a list, received ${show(value)}`)
}

/** More inputs, or outputs, than any model has: a longer list would keep the server busy for nothing. */
const MOST_TENSORS = 1024

/** The inputs or the outputs of a request. */
export function tensors (value: unknown, pointer: string): readonly unknown[] {
  const items = list(value, pointer)
  if (items.length <= MOST_TENSORS) return items
  throw wrong(pointer, `must hold at most ${MOST_TENSORS}, received ${items.length}`)
}

export function text (value: unknown, pointer: string): string {
  if (typeof value === 'string') return value
  throw wrong(pointer, `must be a string, received ${show(value)}`)
}

const LONGEST_NAME = 256

/** The name of an input or an output. */
export function tensorName (value: unknown, pointer: string): string {
  const name = text(value, pointer)
  if (name.length <= LONGEST_NAME) return name
  throw wrong(pointer, `must be a name of at most ${LONGEST_NAME} characters, received ${name.length}`)
}

export function flag (value: unknown, pointer: string): boolean {
  if (typeof value === 'boolean') return value
  throw wrong(pointer, `must be true or false, received ${show(value)}`)
}

/** A whole number from 0, also as a string of digits. */
export function count (value: unknown, pointer: string): number {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
  if (Number.isSafeInteger(number) && (number as number) >= 0) return number as number
  throw wrong(pointer, `must be a whole number from 0, received ${show(value)}`)
}
