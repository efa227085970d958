/** The datatypes of the Open Inference Protocol, and how they stand to the dtypes of the product. */
import { DTYPES } from '../tensor.ts'
import type { DType } from '../tensor.ts'

/** Bytes of one element; 0 where they differ from element to element. */
export const DATATYPES = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP16: 2,
  BF16: 2,
  FP32: 4,
  FP64: 8,
  BYTES: 0
} as const

export type Datatype = keyof typeof DATATYPES
export const DATATYPE_NAMES = Object.keys(DATATYPES) as Datatype[]

export const isDatatype = (name: unknown): name is Datatype => typeof name === 'string' && Object.hasOwn(DATATYPES, name)

/** The protocol's name of a dtype. */
export const datatypeOf = (dtype: DType): Datatype => DTYPES[dtype].oip
