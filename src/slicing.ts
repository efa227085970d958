/** NumPy's basic slicing of tensors in host memory: integers, start:stop:step, `...`, negative numbers. A leaf. */
import { problem } from './errors.ts'
import { formatShape, hostTensor, sizeOf, type HostTensor, type Shape, type TypedArray } from './tensor.ts'

/** One axis of a slice: `count` positions from `start`, `step` apart; `drop` for an integer, whose axis disappears. */
interface AxisRange { readonly start: number, readonly step: number, readonly count: number, readonly drop: boolean }

/** A slice of a shape: which elements it holds, and the shape they have. */
export interface Selection {
  readonly shape: Shape
  /** Flat positions of the elements, in C order of `shape`. */
  readonly indices: Float64Array
}

/** The elements of a tensor of `shape` that `text` selects. Throws `invalid_slice`. */
export function select (text: string, shape: Shape): Selection {
  const ranges = parseSlice(text, shape)
  return { shape: ranges.filter(range => !range.drop).map(range => range.count), indices: positions(ranges, shape) }
}

/** The slice of a tensor as a new tensor. Throws `invalid_slice`. */
export function slice (tensor: HostTensor, text: string): HostTensor {
  const { shape, indices } = select(text, tensor.shape)
  const data = emptyLike(tensor.data, indices.length)
  for (let i = 0; i < indices.length; i++) data[i] = tensor.data[indices[i] as number] as never
  return hostTensor(tensor.dtype, shape, data)
}

/** For each element of `shape`, the flat position in a tensor of `from` that broadcasts to it. Throws `shape_mismatch`. */
export function broadcastIndices (from: Shape, shape: Shape): Float64Array {
  const offset = shape.length - from.length
  const fits = offset >= 0 && from.every((dim, i) => dim === 1 || dim === shape[i + offset])
  if (!fits) throw problem('shape_mismatch', { operator: 'broadcast', a: formatShape(from), b: formatShape(shape) })
  const strides = stridesOf(from)
  const ranges = shape.map((count, i) => {
    const step = (from[i - offset] ?? 1) === 1 ? 0 : strides[i - offset] as number
    return { start: 0, step, count, drop: false }
  })
  return walk(ranges, ranges.map(() => 1))
}

function parseSlice (text: string, shape: Shape): AxisRange[] {
  const fail = (detail: string): Error => problem('invalid_slice', { slice: text, shape: formatShape(shape), detail })
  const parts = text.trim() === '' ? [] : text.split(',').map(part => part.trim())
  const dots = parts.indexOf('...')
  if (dots !== parts.lastIndexOf('...')) throw fail('\'...\' may stand once')
  const given = parts.length - (dots === -1 ? 0 : 1)
  if (given > shape.length) throw fail(`it has ${given} axes, the tensor ${shape.length}`)
  const fillers = Array.from({ length: shape.length - given }, () => ':')
  const full = dots === -1 ? [...parts, ...fillers] : [...parts.slice(0, dots), ...fillers, ...parts.slice(dots + 1)]
  return full.map((part, axis) => parseAxis(part, shape[axis] as number, axis, fail))
}

type Fail = (detail: string) => Error

function parseAxis (part: string, size: number, axis: number, fail: Fail): AxisRange {
  if (!part.includes(':')) return parseInteger(part, size, axis, fail)
  const pieces = part.split(':').map(piece => piece.trim())
  if (pieces.length > 3 || pieces.some(piece => piece !== '' && !INTEGER.test(piece))) throw fail(`'${part}' is not start:stop:step`)
  const [from, to, by] = pieces.map(piece => piece === '' ? undefined : Number(piece))
  const step = by ?? 1
  if (step === 0) throw fail('the step may not be 0')
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1]
  const clip = (value: number): number => Math.min(Math.max(value < 0 ? value + size : value, low), high)
  const start = from === undefined ? (step > 0 ? low : high) : clip(from)
  const stop = to === undefined ? (step > 0 ? high : low) : clip(to)
  return { start, step, count: Math.max(0, Math.ceil((stop - start) / step)), drop: false }
}

const INTEGER = /^[+-]?\d{1,15}$/

function parseInteger (part: string, size: number, axis: number, fail: Fail): AxisRange {
  if (!INTEGER.test(part)) throw fail(`'${part}' is neither an integer, start:stop:step nor '...'`)
  const value = Number(part)
  const start = value < 0 ? value + size : value
  if (start < 0 || start >= size) throw fail(`index ${value} is out of range for axis ${axis} of size ${size}`)
  return { start, step: 1, count: 1, drop: true }
}

const stridesOf = (shape: Shape): number[] => shape.map((_, i) => sizeOf(shape.slice(i + 1)))

const positions = (ranges: readonly AxisRange[], shape: Shape): Float64Array => walk(ranges, stridesOf(shape))

/** Flat positions of all combinations of the ranges, last axis fastest. */
function walk (ranges: readonly AxisRange[], strides: readonly number[]): Float64Array {
  const total = ranges.reduce((product, range) => product * range.count, 1)
  let filled = new Float64Array(1)
  let length = 1
  if (total === 0) return new Float64Array(0)
  ranges.forEach(({ start, step, count }, axis) => {
    const stride = strides[axis] as number
    const next = new Float64Array(length * count)
    for (let i = 0, at = 0; i < length; i++) {
      const base = filled[i] as number
      for (let k = 0; k < count; k++) next[at++] = base + (start + k * step) * stride
    }
    filled = next
    length *= count
  })
  return filled
}

function emptyLike (data: TypedArray, length: number): TypedArray {
  const Values = data.constructor as new (length: number) => TypedArray
  return new Values(length)
}
