/** JSON values as elements of a dtype. Nothing is coerced: what the dtype cannot hold exactly enough is refused. */
import { DTYPES } from '../../tensor.ts'
import type { DType, TypedArray } from '../../tensor.ts'
import { numberToFloat16 } from '../../float16.ts'

/** Writes one row into `target` from `offset`; answers the index of the first element that does not fit, or −1. */
type Fill = (row: readonly unknown[], target: TypedArray, offset: number) => number

const TOKENS: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity }
const isToken = (value: unknown): value is string => typeof value === 'string' && Object.hasOwn(TOKENS, value)

const fillFloat32: Fill = (row, target, offset) => {
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

const fillFloat64: Fill = (row, target, offset) => {
  for (let i = 0; i < row.length; i++) {
    const value = row[i]
    const element = isToken(value) ? TOKENS[value]! : value
    if (typeof element !== 'number' || (element === value && !Number.isFinite(element))) return i
    target[offset + i] = element
  }
  return -1
}

const fillFloat16: Fill = (row, target, offset) => {
  for (let i = 0; i < row.length; i++) {
    const value = row[i]
    const element = isToken(value) ? TOKENS[value]! : value
    if (typeof element !== 'number' || (element === value && Math.abs(element) >= 65520)) return i
    target[offset + i] = numberToFloat16(element)
  }
  return -1
}

const integers = (low: number, high: number): Fill => (row, target, offset) => {
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

const fillInt64: Fill = (row, target, offset) => {
  for (let i = 0; i < row.length; i++) {
    const element = int64Of(row[i])
    if (element === undefined) return i
    target[offset + i] = element
  }
  return -1
}

const fillBool: Fill = (row, target, offset) => {
  for (let i = 0; i < row.length; i++) {
    if (typeof row[i] !== 'boolean') return i
    target[offset + i] = row[i] === true ? 1 : 0
  }
  return -1
}

const FILLS: Readonly<Record<DType, Fill>> = {
  float32: fillFloat32,
  float64: fillFloat64,
  float16: fillFloat16,
  uint8: integers(0, 255),
  int8: integers(-128, 127),
  int32: integers(-(2 ** 31), 2 ** 31 - 1),
  int64: fillInt64,
  bool: fillBool
}

/** What an element of the dtype may be, for messages. */
export const EXPECTED: Readonly<Record<DType, string>> = {
  float32: 'a number within float32\'s range, or "NaN", "Infinity", "-Infinity"',
  float64: 'a number, or "NaN", "Infinity", "-Infinity"',
  float16: 'a number within float16\'s range (±65504), or "NaN", "Infinity", "-Infinity"',
  uint8: 'a whole number from 0 to 255',
  int8: 'a whole number from -128 to 127',
  int32: 'a whole number from -2147483648 to 2147483647',
  int64: 'a whole number; beyond ±9007199254740991 as a string',
  bool: 'true or false'
}

export const fillOf = (dtype: DType): Fill => FILLS[dtype]

export function allocate (dtype: DType, size: number): TypedArray {
  const { array: Elements } = DTYPES[dtype]
  return new Elements(size)
}
