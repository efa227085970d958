/** Answers as JSON text. Tensors are written by loops of their own; everything else by JSON.stringify. */
import type { DType, HostTensor, TypedArray } from '../../tensor.ts'
import { isHostTensor } from '../../tensor.ts'
import { float16Text, float32Text, float64Text, int64Text } from './number-text.ts'

type Text<T> = (element: T) => string

const join = <T>(data: ArrayLike<T>, text: Text<T>): string => {
  if (data.length === 0) return ''
  let result = text(data[0]!)
  for (let i = 1; i < data.length; i++) result += ',' + text(data[i]!)
  return result
}

const numbers = (text: Text<number>) => (data: TypedArray): string => join(data as ArrayLike<number>, text)

const WRITERS: Readonly<Record<DType, (data: TypedArray) => string>> = {
  float32: numbers(float32Text),
  float64: numbers(float64Text),
  float16: numbers(float16Text),
  uint8: data => data.join(),
  int8: data => data.join(),
  int32: data => data.join(),
  int64: data => join(data as BigInt64Array, int64Text),
  bool: numbers(element => element === 0 ? 'false' : 'true')
}

/** A tensor as JSON: shape, dtype, flat data in C order. */
export function encodeTensor ({ shape, dtype, data }: HostTensor): string {
  return `{"shape":[${shape.join()}],"dtype":"${dtype}","data":[${WRITERS[dtype](data)}]}`
}

/** A value that may hold HostTensors anywhere, as JSON. Members that are undefined are left out. */
export function encode (value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isHostTensor(value)) return encodeTensor(value)
  if (Array.isArray(value)) return `[${value.map(encode).join()}]`
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${encode(member)}`).join()}}`
}
