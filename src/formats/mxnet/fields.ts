import { byteLength, DTYPE_NAMES, formatShape, MAX_RANK, type DType, type Shape } from '../../tensor.ts'
import type { Cursor } from './cursor.ts'
import { CONTEXT_BYTES, DTYPE_OF_FLAG, UNSUPPORTED_FLAGS } from './layout.ts'

/** A shape as V2 and V3 store it: a signed rank, then 64-bit dimensions. */
export function readShape (cursor: Cursor): Shape {
  return readDims(cursor, cursor.i32('a rank'), 'i64')
}

/** `rank` dimensions of the given width. −1, in the rank or in a dimension, is an array without a value. */
export function readDims (cursor: Cursor, rank: number, width: 'i64' | 'u32'): Shape {
  if (rank === -1) throw noValue(cursor)
  if (rank < 0 || rank > MAX_RANK) throw cursor.broken(`the rank is ${rank}, expected 0 to ${MAX_RANK}`)
  const dims: number[] = []
  while (dims.length < rank) dims.push(readDim(cursor, width))
  return dims
}

function readDim (cursor: Cursor, width: 'i64' | 'u32'): number {
  const dim = cursor[width]('a dimension')
  if (dim === -1) throw noValue(cursor)
  if (dim < 0 || dim > Number.MAX_SAFE_INTEGER) throw cursor.broken(`a dimension is ${dim}, expected 0 to 2^53 - 1`)
  return dim
}

/** The error for an array that was saved before it had a value. */
export const noValue = (cursor: Cursor): Error =>
  cursor.broken('the array has no value (it was saved before its shape was known); expected an array of known shape')

export function skipContext (cursor: Cursor): void {
  cursor.take(CONTEXT_BYTES, 'a device')
}

export function readDType (cursor: Cursor): DType {
  const flag = cursor.i32('a type flag')
  const dtype = DTYPE_OF_FLAG.get(flag)
  if (dtype === undefined) throw cursor.broken(describeFlag(flag))
  return dtype
}

function describeFlag (flag: number): string {
  const name = UNSUPPORTED_FLAGS.get(flag)
  const received = name === undefined ? `the type flag ${flag} is unknown` : `arrays of ${name} (type flag ${flag}) are not supported`
  return `${received}, expected one of ${DTYPE_NAMES.join(', ')}`
}

/** The values of an array, shared with the file. */
export function readValues (cursor: Cursor, dtype: DType, shape: Shape): Uint8Array<ArrayBuffer> {
  const bytes = cursor.take(byteLength(dtype, shape), `${dtype} values of shape ${formatShape(shape)}`)
  if (dtype === 'bool') checkBool(cursor, bytes)
  return bytes
}

function checkBool (cursor: Cursor, bytes: Uint8Array): void {
  for (const byte of bytes) {
    if (byte > 1) throw cursor.broken(`a bool value is ${byte}, expected 0 or 1`)
  }
}
