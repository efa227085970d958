/** JSON values as elements of a dtype. Nothing is coerced: what the dtype cannot hold exactly enough is refused. */
import { DTYPES } from '../tensor.ts'
import type { DType, TypedArray } from '../tensor.ts'
import { numberToFloat16 } from '../float16.ts'

/** Writes one row into `target` from `offset`; answers the index of the first element that does not fit, or −1. */
type Fill<Values> = (row: ArrayLike<unknown>, target: Values, offset: number) => number

/** One kind of element, as requests write it and memory holds it. */
export interface ElementKind<Values> {
  /** Its name, for messages. */
  readonly name: string
  /** What an element may be, for messages. */
  readonly expected: string
  readonly allocate: (size: number) => Values
  readonly fill: Fill<Values>
}

interface Numbers { [index: number]: number }
interface BigInts { [index: number]: bigint }

const TOKENS: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity }
const isToken = (value: unknown): value is string => typeof value === 'string' && Object.hasOwn(TOKENS, value)

export const fillFloat32: Fill<Numbers> = (row, target, offset) => {
  for (let i = 0; i < row.length; i++) {
    const value = row[i]
    if (typeof value === 'number') {
      const element = Math.fround(value)
      if (element - element !== 0) return i
      target[offset + i] = element
    } else if (isToken(value)) target[offset + i] = TOKENS[value]!
    else return i
  }
  return -1
}

export const fillFloat64: Fill<Numbers> = (row, target, offset) => {
  for (let i = 0; i < row.length; i++) {
    const value = row[i]
    const element = isToken(value) ? TOKENS[value]! : value
    if (typeof element !== 'number' || (element === value && !Number.isFinite(element))) return i
    target[offset + i] = element
  }
  return -1
}

const fillFloat16: Fill<Numbers> = (row, target, offset) => {
  for (let i = 0; i < row.length; i++) {
    const value = row[i]
    const element = isToken(value) ? TOKENS[value]! : value
    if (typeof element !== 'number' || (element === value && Math.abs(element) >= 65520)) return i
    target[offset + i] = numberToFloat16(element)
  }
  return -1
}

export const fillIntegers = (low: number, high: number): Fill<Numbers> => (row, target, offset) => {
  for (let i = 0; i < row.length; i++) {
    const value = row[i]
    if (!Number.isInteger(value) || (value as number) < low || (value as number) > high) return i
    target[offset + i] = value as number
  }
  return -1
}

function int64Of (value: unknown): bigint | undefined {
  if (Number.isSafeInteger(value)) return BigInt(value as number)
  if (typeof value !== 'string' || !/^-?[0-9]{1,19}$/.test(value)) return undefined
  const element = BigInt(value)
  return BigInt.asIntN(64, element) === element ? element : undefined
}

const fillInt64: Fill<BigInts> = (row, target, offset) => {
  for (let i = 0; i < row.length; i++) {
    const element = int64Of(row[i])
    if (element === undefined) return i
    target[offset + i] = element
  }
  return -1
}

export const fillBool: Fill<Numbers> = (row, target, offset) => {
  for (let i = 0; i < row.length; i++) {
    if (typeof row[i] !== 'boolean') return i
    target[offset + i] = row[i] === true ? 1 : 0
  }
  return -1
}

const kind = <Values>(dtype: DType, expected: string, fill: Fill<Values>): ElementKind<TypedArray> => {
  const { array: Elements } = DTYPES[dtype]
  return { name: dtype, expected, allocate: size => new Elements(size), fill: fill as unknown as Fill<TypedArray> }
}

export const NUMBER = 'a number, or "NaN", "Infinity", "-Infinity"'
export const FLOAT32 = 'a number within float32\'s range, or "NaN", "Infinity", "-Infinity"'
export const BOOLEAN = 'true or false'
export const between = (low: number, high: number): string => `a whole number from ${low} to ${high}`

const whole = (dtype: DType, low: number, high: number): ElementKind<TypedArray> => kind(dtype, between(low, high), fillIntegers(low, high))

export const ELEMENTS: Readonly<Record<DType, ElementKind<TypedArray>>> = {
  float32: kind('float32', FLOAT32, fillFloat32),
  float64: kind('float64', NUMBER, fillFloat64),
  float16: kind('float16', 'a number within float16\'s range (±65504), or "NaN", "Infinity", "-Infinity"', fillFloat16),
  uint8: whole('uint8', 0, 255),
  int8: whole('int8', -128, 127),
  int32: whole('int32', -(2 ** 31), 2 ** 31 - 1),
  int64: kind('int64', 'a whole number; beyond ±9007199254740991 as a string', fillInt64),
  bool: kind('bool', BOOLEAN, fillBool)
}
