import { DTYPES, hostTensor, type DType, type HostTensor, type TypedArray } from '../tensor.ts'
import { float16ToNumber, numberToFloat16 } from '../float16.ts'

/** The values as float32, what the device computes in. Shares memory when they are float32 already. */
export function toFloat32 (tensor: HostTensor): Float32Array<ArrayBuffer> {
  if (tensor.dtype === 'float32') return tensor.data as Float32Array<ArrayBuffer>
  return Float32Array.from(toNumbers(tensor))
}

/** The values as numbers; int64 beyond 2^53 are rounded. */
export const toFloat64 = (tensor: HostTensor): Float64Array => Float64Array.from(toNumbers(tensor))

/**
 * The tensor in another dtype, with C's conversions: integers truncate and wrap, booleans test for zero; what is no
 * finite number becomes the least int64, as on x86-64. Shares memory when nothing changes.
 */
export function castTensor (tensor: HostTensor, dtype: DType): HostTensor {
  if (tensor.dtype === dtype) return tensor
  return hostTensor(dtype, tensor.shape, fromNumbers(dtype, toNumbers(tensor)))
}

function toNumbers (tensor: HostTensor): ArrayLike<number> {
  if (tensor.dtype === 'float16') return Float32Array.from(tensor.data as Uint16Array, float16ToNumber)
  if (tensor.dtype === 'int64') return Float64Array.from(tensor.data as BigInt64Array, Number)
  return tensor.data as Exclude<TypedArray, BigInt64Array<ArrayBuffer>>
}

function fromNumbers (dtype: DType, values: ArrayLike<number>): TypedArray {
  if (dtype === 'float16') return Uint16Array.from(values, numberToFloat16)
  if (dtype === 'int64') return BigInt64Array.from(Array.from(values, toInteger))
  if (dtype === 'bool') return Uint8Array.from(values, value => Number(value !== 0))
  const { array: Values } = DTYPES[dtype]
  return new Values(values)
}

const LEAST_INT64 = -(2n ** 63n)

const toInteger = (value: number): bigint => Number.isFinite(value) ? BigInt(Math.trunc(value)) : LEAST_INT64
