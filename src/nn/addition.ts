import type { DType, HostTensor, TypedArray } from '../tensor.ts'
import { float16ToNumber, numberToFloat16 } from '../float16.ts'

/** Adds two elements as they are stored. */
export type Addition = (a: never, b: never) => number | bigint

const sum = (a: number, b: number): number => a + b

/** Where the stored bits are not the number: float16, int64, bool (logical or, as NumPy). */
const SPECIAL: Partial<Record<DType, Addition>> = {
  float16: (a: number, b: number) => numberToFloat16(float16ToNumber(a) + float16ToNumber(b)),
  int64: (a: bigint, b: bigint) => a + b,
  bool: (a: number, b: number) => a | b
}

export const additionOf = (dtype: DType): Addition => SPECIAL[dtype] ?? sum

/** The sum of two tensors of one dtype and shape. */
export function addTensors (a: HostTensor, b: HostTensor): HostTensor {
  const add = additionOf(a.dtype)
  const data = a.data.slice() as TypedArray
  for (let i = 0; i < data.length; i++) data[i] = add(data[i] as never, b.data[i] as never) as never
  return { ...a, data }
}
