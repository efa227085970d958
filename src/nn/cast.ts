import { DTYPES, hostTensor, type DType, type HostTensor, type TypedArray } from '../tensor.ts'
import { fromHalf, toHalf } from './half.ts'

/** The values as float32, what the device computes in. Shares memory when they are float32 already. */
export function toFloat32 (tensor: HostTensor): Float32Array<ArrayBuffer> {
  if (tensor.dtype === 'float32') return tensor.data as Float32Array<ArrayBuffer>
  return Float32Array.from(toNumbers(tensor))
}

/** The values as numbers; int64 beyond 2^53 are rounded. */
export const toFloat64 = (tensor: HostTensor): Float64Array => Float64Array.from(toNumbers(tensor))

/**
 * The tensor in another dtype, with C's conversions: integers truncate and wrap, booleans test for zero.
 * Shares memory when nothing changes.
 */
export function castTensor (tensor: HostTensor, dtype: DType): HostTensor {
  if (tensor.dtype === dtype) return tensor
  return hostTensor(dtype, tensor.shape, fromNumbers(dtype, toNumbers(tensor)))
}

function toNumbers (tensor: HostTensor): ArrayLike<number> {
  if (tensor.dtype === 'float16') return Float32Array.from(tensor.data as Uint16Array, fromHalf)
  if (tensor.dtype === 'int64') return Float64Array.from(tensor.data as BigInt64Array, Number)
  return tensor.data as Exclude<TypedArray, BigInt64Array<ArrayBuffer>>
}

function fromNumbers (dtype: DType, values: ArrayLike<number>): TypedArray {
  if (dtype === 'float16') return Uint16Array.from(values, toHalf)
  if (dtype === 'int64') return BigInt64Array.from(Array.from(values, value => BigInt(Math.trunc(value))))
  if (dtype === 'bool') return Uint8Array.from(values, value => Number(value !== 0))
  const { array: Values } = DTYPES[dtype]
  return new Values(values)
}
