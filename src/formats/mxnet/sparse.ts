import { byteLength, DTYPES, formatShape, tensorFromBytes, type DType, type HostTensor, type Shape } from '../../tensor.ts'
import type { Cursor } from './cursor.ts'
import { noValue, readDType, readShape, readValues, skipContext } from './fields.ts'
import { STORAGE } from './layout.ts'

/** How many bytes the sparse arrays of one file may take together once they are dense. */
export class DenseBudget {
  readonly #limit: number
  #used = 0

  constructor (limit: number) {
    this.#limit = limit
  }

  reserve (bytes: number, cursor: Cursor): void {
    this.#used += bytes
    if (this.#used <= this.#limit) return
    throw cursor.broken(`the sparse arrays would take ${this.#used} bytes as dense ones, expected at most ${this.#limit}`)
  }
}

interface Sparse {
  readonly dtype: DType
  readonly shape: Shape
  readonly storageShape: Shape
  readonly values: Uint8Array<ArrayBuffer>
  /** row_sparse: the rows. csr: where each row starts, then the column of each value. */
  readonly indices: readonly Indices[]
}

type Indices = BigInt64Array | Int32Array

/** Reads the rest of a row_sparse or csr record, after its storage type, as a dense tensor. */
export function readSparse (cursor: Cursor, stype: number, budget: DenseBudget): HostTensor {
  const sparse = readParts(cursor, stype === STORAGE.csr ? 2 : 1)
  const fill = stype === STORAGE.csr ? csrFiller(cursor, sparse) : rowFiller(cursor, sparse)
  const size = byteLength(sparse.dtype, sparse.shape)
  budget.reserve(size, cursor)
  const dense = new Uint8Array(size)
  fill(dense)
  return tensorFromBytes(sparse.dtype, sparse.shape, dense)
}

function readParts (cursor: Cursor, indexArrays: number): Sparse {
  const storageShape = readShape(cursor)
  const shape = readShape(cursor)
  if (shape.length === 0) throw noValue(cursor)
  skipContext(cursor)
  const dtype = readDType(cursor)
  const heads = Array.from({ length: indexArrays }, () => readIndexHead(cursor))
  const values = readValues(cursor, dtype, storageShape)
  return { dtype, shape, storageShape, values, indices: heads.map(head => readIndices(cursor, head)) }
}

interface IndexHead { readonly dtype: 'int32' | 'int64', readonly shape: Shape }

function readIndexHead (cursor: Cursor): IndexHead {
  const dtype = readDType(cursor)
  if (dtype !== 'int64' && dtype !== 'int32') throw cursor.broken(`the indices are ${dtype}, expected int64 or int32`)
  const shape = readShape(cursor)
  if (shape.length !== 1) throw cursor.broken(`the indices have shape ${formatShape(shape)}, expected one dimension`)
  return { dtype, shape }
}

function readIndices (cursor: Cursor, { dtype, shape }: IndexHead): Indices {
  return tensorFromBytes(dtype, shape, readValues(cursor, dtype, shape)).data as Indices
}

/** Row `rows[i]` of the dense array is row `i` of the values. */
function rowFiller (cursor: Cursor, { dtype, shape, storageShape, values, indices: [rows] }: Sparse): (dense: Uint8Array) => void {
  const [height = 0, ...rest] = shape
  const count = rows?.length ?? 0
  const expected = [count, ...rest]
  if (rows === undefined || storageShape.join() !== expected.join()) throw badStorage(cursor, storageShape, expected)
  checkRange(cursor, rows, height, 'row')
  const width = byteLength(dtype, rest)
  return dense => {
    for (let i = 0; i < count; i++) dense.set(values.subarray(i * width, (i + 1) * width), Number(rows[i]) * width)
  }
}

/** The values of row `r` are those from `starts[r]` to `starts[r + 1]`, in the columns of the same positions. */
function csrFiller (cursor: Cursor, sparse: Sparse): (dense: Uint8Array) => void {
  const { dtype, shape, storageShape, values, indices: [starts, columns] } = sparse
  const [height = 0, width = 0] = shape
  if (shape.length !== 2) throw cursor.broken(`a csr array has shape ${formatShape(shape)}, expected two dimensions`)
  if (starts === undefined || columns === undefined || storageShape.join() !== String(columns.length)) {
    throw badStorage(cursor, storageShape, [columns?.length ?? 0])
  }
  checkStarts(cursor, starts, height, columns.length)
  checkRange(cursor, columns, width, 'column')
  const item = DTYPES[dtype].bytes
  return dense => {
    for (let row = 0; row + 1 < starts.length; row++) {
      for (let i = Number(starts[row]); i < Number(starts[row + 1]); i++) {
        const to = (row * width + Number(columns[i])) * item
        for (let byte = 0; byte < item; byte++) dense[to + byte] = values[i * item + byte] ?? 0
      }
    }
  }
}

const badStorage = (cursor: Cursor, received: Shape, expected: Shape): Error =>
  cursor.broken(`the stored values have shape ${formatShape(received)}, expected ${formatShape(expected)} for these indices`)

/** A csr array without values may come without row starts. */
function checkStarts (cursor: Cursor, starts: Indices, height: number, count: number): void {
  if (starts.length === 0 && count === 0) return
  if (starts.length !== height + 1) throw cursor.broken(`there are ${starts.length} row starts, expected ${height + 1}`)
  let previous = 0
  for (const start of starts) {
    if (start < previous || start > count) throw cursor.broken(`a row starts at value ${start}, expected ${previous} to ${count}`)
    previous = Number(start)
  }
  if (Number(starts[0]) !== 0 || previous !== count) {
    throw cursor.broken(`the rows span the values ${starts[0]} to ${previous}, expected 0 to ${count}`)
  }
}

function checkRange (cursor: Cursor, indices: Indices, limit: number, noun: string): void {
  for (const index of indices) {
    if (index < 0 || index >= limit) throw cursor.broken(`a ${noun} index is ${index}, expected 0 to ${limit - 1}`)
  }
}
