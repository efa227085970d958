/** Answers as JSON text. Tensors are written by loops of their own; everything else by JSON.stringify. */
import type { DType, HostTensor, TypedArray } from '../tensor.ts'
import { isHostTensor, sizeOf } from '../tensor.ts'
import { float16Text, float32Text, float64Text, int64Text } from './number-text.ts'

type Text = (element: never) => string

/** The text of one element. */
const TEXTS: Readonly<Record<DType, Text>> = {
  float32: float32Text,
  float64: float64Text,
  float16: float16Text,
  uint8: String,
  int8: String,
  int32: String,
  int64: int64Text,
  bool: (element: number) => element === 0 ? 'false' : 'true'
}

function join (data: TypedArray, text: Text): string {
  if (data.length === 0) return ''
  let result = text(data[0] as never)
  for (let i = 1; i < data.length; i++) result += ',' + text(data[i] as never)
  return result
}

/** The elements of a tensor in C order, as they stand in a JSON list. */
export const dataText = ({ dtype, data }: HostTensor): string => join(data, TEXTS[dtype])

/** The elements of a tensor in C order, each as JSON. */
export function elementTexts ({ dtype, data }: HostTensor): string[] {
  return Array.from(data as ArrayLike<number>, element => TEXTS[dtype](element as never))
}

/** The rows of a tensor, each as JSON: numbers, or nested lists. */
export function rowTexts ({ dtype, shape: [count = 0, ...shape], data }: HostTensor): string[] {
  const size = sizeOf(shape)
  const rowAt = (row: number): HostTensor => ({ dtype, shape, data: data.subarray(row * size, (row + 1) * size) })
  return Array.from({ length: count }, (_, row) => nestedText(rowAt(row)))
}

function nestedText (tensor: HostTensor): string {
  if (tensor.shape.length < 2) return tensor.shape.length === 0 ? dataText(tensor) : `[${dataText(tensor)}]`
  return `[${rowTexts(tensor).join()}]`
}

/** A tensor as JSON: shape, dtype, flat data in C order. */
export function encodeTensor (tensor: HostTensor): string {
  return `{"shape":[${tensor.shape.join()}],"dtype":"${tensor.dtype}","data":[${dataText(tensor)}]}`
}

/** A value that may hold HostTensors anywhere, as JSON. Members that are undefined are left out. */
export function encode (value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isHostTensor(value)) return encodeTensor(value)
  if (Array.isArray(value)) return `[${value.map(encode).join()}]`
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${encode(member)}`).join()}}`
}
