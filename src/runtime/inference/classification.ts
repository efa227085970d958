import type { Classes } from '../../operations/schemas/inference.ts'
import { float16ToNumber } from '../../float16.ts'
import { hostTensor, sizeOf, type HostTensor, type TypedArray } from '../../tensor.ts'

/** The `count` largest elements, largest first, of each row or of the whole: (rows, count) or (count,). NaN comes last. */
export function classify (tensor: HostTensor, count: number, byRow: boolean): Classes {
  const rows = byRow && tensor.shape.length > 0 ? tensor.shape[0] as number : 1
  const width = rows === 0 ? sizeOf(tensor.shape.slice(1)) : tensor.data.length / rows
  const kept = Math.min(count, width)
  const indices = new Int32Array(rows * kept)
  const values = tensor.data.slice(0, rows * kept) as TypedArray
  for (let row = 0; row < rows; row++) {
    largest(tensor, row * width, width, kept).forEach((index, place) => {
      indices[row * kept + place] = index
      values[row * kept + place] = tensor.data[row * width + index] as never
    })
  }
  return { values: hostTensor(tensor.dtype, byRow && tensor.shape.length > 0 ? [rows, kept] : [kept], values), indices }
}

/** Where the largest elements of a row are; of equal ones the first comes first. */
function largest (tensor: HostTensor, start: number, width: number, kept: number): number[] {
  const numbers = Float64Array.from({ length: width }, (_, i) => rank(tensor, start + i))
  const order = Array.from({ length: width }, (_, i) => i).sort((a, b) => (numbers[b] as number) - (numbers[a] as number) || a - b)
  const numeric = order.filter(index => !Number.isNaN(numbers[index]))
  return [...numeric, ...order.filter(index => Number.isNaN(numbers[index]))].slice(0, kept)
}

function rank ({ dtype, data }: HostTensor, at: number): number {
  const element = data[at] as number | bigint
  return dtype === 'float16' ? float16ToNumber(Number(element)) : Number(element)
}
