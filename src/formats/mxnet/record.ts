import { tensorFromBytes, type HostTensor, type Shape } from '../../tensor.ts'
import type { Cursor } from './cursor.ts'
import { noValue, readDims, readDType, readShape, readValues, skipContext } from './fields.ts'
import { RECORD_MAGIC, STORAGE } from './layout.ts'
import { readSparse, type DenseBudget } from './sparse.ts'

/** Reads one record of any version. Dense values share the file's memory where they are aligned. */
export function readRecord (cursor: Cursor, budget: DenseBudget): HostTensor {
  const word = cursor.u32('a record magic')
  if (word === RECORD_MAGIC.V3) return readV3(cursor)
  if (word === RECORD_MAGIC.V2) return readV2(cursor, budget)
  return readDense(cursor, valued(cursor, readOldShape(cursor, word)))
}

function readV3 (cursor: Cursor): HostTensor {
  const stype = cursor.i32('a storage type')
  if (stype !== STORAGE.dense) throw cursor.broken(`the storage type is ${stype}, expected 0 (dense) in a record of version 3`)
  return readDense(cursor, readShape(cursor))
}

function readV2 (cursor: Cursor, budget: DenseBudget): HostTensor {
  const stype = cursor.i32('a storage type')
  if (stype === STORAGE.dense) return readDense(cursor, valued(cursor, readShape(cursor)))
  if (stype === STORAGE.row_sparse || stype === STORAGE.csr) return readSparse(cursor, stype, budget)
  throw cursor.broken(`the storage type is ${stype}, expected 0 (dense), 1 (row_sparse) or 2 (csr)`)
}

/** V1 has a magic and 64-bit dimensions; in V0 the first word is the rank and dimensions have 32 bits. */
function readOldShape (cursor: Cursor, word: number): Shape {
  if (word === RECORD_MAGIC.V1) return readDims(cursor, cursor.u32('a rank'), 'i64')
  if (word > 32) throw cursor.broken(`a record starts with 0x${word.toString(16)}, expected a record of version 0, 1, 2 or 3`)
  return readDims(cursor, word, 'u32')
}

/** Before version 3 there were no scalars: rank 0 was an array without a value. */
function valued (cursor: Cursor, shape: Shape): Shape {
  if (shape.length === 0) throw noValue(cursor)
  return shape
}

function readDense (cursor: Cursor, shape: Shape): HostTensor {
  skipContext(cursor)
  const dtype = readDType(cursor)
  return tensorFromBytes(dtype, shape, readValues(cursor, dtype, shape))
}
