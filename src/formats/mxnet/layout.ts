import { DTYPES, DTYPE_NAMES, type DType } from '../../tensor.ts'

/**
 * The record layouts of MXNet: V0 until 2017-05, V1 until 2017-08, V2 for classic arrays since, V3 for NumPy arrays.
 * A file is a list magic, a reserved word, the records one after the other, and the names; everything is little-endian.
 */
export type RecordVersion = 'V0' | 'V1' | 'V2' | 'V3'

export const LIST_MAGIC = 0x112

/** The first word of a record. V0 has none: there the word is the rank. */
export const RECORD_MAGIC = { V1: 0xF993FAC8, V2: 0xF993FAC9, V3: 0xF993FACA } as const

export const STORAGE = { dense: 0, row_sparse: 1, csr: 2 } as const

/** List magic, reserved word, number of records. */
export const HEADER_BYTES = 24

/** Device type and device id: where an array lived when it was saved. It does not matter to a reader. */
export const CONTEXT_BYTES = 8

/** The shortest record that holds an array: V0, one dimension of zero. */
export const SHORTEST_RECORD_BYTES = 20

/** A file with more arrays is refused: a record can be far smaller than the object that stands for it. */
export const MAX_ARRAYS = 100_000

/** Type flags MXNet has and a HostTensor has not. */
export const UNSUPPORTED_FLAGS: ReadonlyMap<number, string> = new Map([
  [8, 'int16'], [9, 'uint16'], [10, 'uint32'], [11, 'uint64'], [12, 'bfloat16']
])

/** Type flag → dtype. */
export const DTYPE_OF_FLAG: ReadonlyMap<number, DType> = new Map(DTYPE_NAMES.map(name => [DTYPES[name].flag, name]))
