/** Tensors as the wire has them ⇄ tensors in memory. */
import { DTYPES, hostTensor, type DType, type HostTensor, type Shape } from '../../src/tensor.ts'

export interface WireTensor { readonly shape: Shape, readonly dtype: DType, readonly data: ReadonlyArray<number | string | boolean> }

/** The tensor that JSON stands for: numbers are read into its dtype, so the shortest decimals give back every bit. */
export function fromWire ({ shape, dtype, data }: WireTensor): HostTensor {
  if (dtype === 'int64') return hostTensor(dtype, shape, BigInt64Array.from(data, value => BigInt(value)))
  const { array: Values } = DTYPES[dtype]
  return hostTensor(dtype, shape, new Values(data.map(Number)))
}

export const toWire = ({ shape, dtype, data }: HostTensor): object => ({ shape, dtype, data: [...data].map(Number) })
