/** Tensors out of parsed JSON. Every mistake is `invalid_tensor` with a JSON pointer; sizes are checked before anything is allocated. */
import { problem } from '../../errors.ts'
import { DTYPE_NAMES, formatShape, hostTensor, isDType, MAX_RANK, sizeOf } from '../../tensor.ts'
import type { DType, HostTensor, TypedArray } from '../../tensor.ts'
import type { Argument } from '../../operations/schemas/tensor.ts'
import { allocate, EXPECTED, fillOf } from './elements.ts'

export interface TensorLimits { readonly maxElements: number }

const MEMBERS = ['shape', 'dtype', 'data']
const MAX_DIMENSION = 2 ** 31 - 1

function invalid (pointer: string, detail: string): Error {
  return problem('invalid_tensor', { where: pointer === '' ? 'the body' : pointer, detail }, { mistakes: [{ pointer, message: detail }] })
}

/** A value for a message: its JSON, cut short. */
export function show (value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'number' && !Number.isFinite(value)) return 'a number too large for a double'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}

/** A tensor from `{"shape","dtype","data"}`, nested lists of numbers, or one number. */
export function decodeTensor (value: unknown, pointer: string, limits: TensorLimits): HostTensor {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return fromObject(value, pointer, limits)
  return fromNested(value, 'float32', pointer, limits)
}

/** A tensor, or a list of tensor objects. */
export function decodeArgument (value: unknown, pointer: string, limits: TensorLimits): Argument {
  const isStates = Array.isArray(value) && typeof value[0] === 'object' && value[0] !== null && !Array.isArray(value[0])
  return isStates ? value.map((state, i) => decodeTensor(state, `${pointer}/${i}`, limits)) : decodeTensor(value, pointer, limits)
}

function fromObject (value: object, pointer: string, limits: TensorLimits): HostTensor {
  const unknown = Object.keys(value).find(key => !MEMBERS.includes(key))
  if (unknown !== undefined) throw invalid(pointer, `it has an unknown member '${unknown}'; known: ${MEMBERS.join(', ')}`)
  const { shape, dtype = 'float32', data } = value as { shape?: unknown, dtype?: unknown, data?: unknown }
  if (!isDType(dtype)) throw invalid(`${pointer}/dtype`, `there is no dtype ${show(dtype)}; known: ${DTYPE_NAMES.join(', ')}`)
  if (data === undefined) throw invalid(pointer, 'it has no member data')
  if (shape === undefined) return fromNested(data, dtype, `${pointer}/data`, limits)
  return fromShaped(checkShape(shape, `${pointer}/shape`, limits), dtype, data, `${pointer}/data`, limits)
}

function checkShape (shape: unknown, pointer: string, limits: TensorLimits): number[] {
  if (!Array.isArray(shape)) throw invalid(pointer, `a shape is a list of whole numbers, received ${show(shape)}`)
  shape.forEach((dim: unknown, i) => {
    if (!Number.isInteger(dim) || (dim as number) < 0 || (dim as number) > MAX_DIMENSION) {
      throw invalid(`${pointer}/${i}`, `a dimension is a whole number from 0 to ${MAX_DIMENSION}, received ${show(dim)}`)
    }
  })
  checkSize(shape, limits)
  return shape
}

function checkSize (shape: readonly number[], { maxElements }: TensorLimits): void {
  if (shape.length > MAX_RANK) throw problem('rank_too_high', { rank: shape.length })
  if (sizeOf(shape) > maxElements) throw problem('too_many_elements', { shape: formatShape(shape), limit: maxElements })
}

function fromShaped (shape: readonly number[], dtype: DType, data: unknown, pointer: string, limits: TensorLimits): HostTensor {
  const flat = Array.isArray(data) && !Array.isArray(data[0])
  if (!flat || shape.length === 1) return matching(shape, fromNested(data, dtype, pointer, limits), pointer)
  const size = sizeOf(shape)
  if (data.length !== size) throw invalid(pointer, `shape ${formatShape(shape)} holds ${size} elements, received ${data.length}`)
  const elements = allocate(dtype, size)
  fill(data, dtype, elements, 0, pointer)
  return hostTensor(dtype, shape, elements)
}

function matching (shape: readonly number[], tensor: HostTensor, pointer: string): HostTensor {
  if (shape.join() === tensor.shape.join()) return tensor
  const emptied = tensor.data.length === 0 && sizeOf(shape) === 0
  if (emptied) return hostTensor(tensor.dtype, shape, tensor.data)
  throw invalid(pointer, `shape ${formatShape(shape)} holds ${sizeOf(shape)} elements, received data of shape ${formatShape(tensor.shape)}`)
}

function fromNested (value: unknown, dtype: DType, pointer: string, limits: TensorLimits): HostTensor {
  const shape = nestedShape(value)
  checkSize(shape, limits)
  const elements = allocate(dtype, sizeOf(shape))
  if (shape.length === 0) fill([value], dtype, elements, 0, pointer, true)
  else fillNested(value, shape, dtype, elements, pointer)
  return hostTensor(dtype, shape, elements)
}

/** The lengths along the first elements; going past the largest rank is enough to be refused. */
function nestedShape (value: unknown): number[] {
  const shape: number[] = []
  for (let inner = value; Array.isArray(inner) && shape.length <= MAX_RANK; inner = inner[0]) shape.push(inner.length)
  return shape
}

function fillNested (value: unknown, shape: readonly number[], dtype: DType, elements: TypedArray, pointer: string): void {
  const walk = (list: unknown, depth: number, offset: number, at: string): number => {
    if (!Array.isArray(list)) throw invalid(at, `expected a list of ${shape[depth]} as its neighbours are, received ${show(list)}`)
    if (list.length !== shape[depth]) throw invalid(at, `expected a list of ${shape[depth]} as its neighbours are, received ${list.length}`)
    if (depth === shape.length - 1) return fill(list, dtype, elements, offset, at)
    return list.reduce<number>((next, inner, i) => walk(inner, depth + 1, next, `${at}/${i}`), offset)
  }
  walk(value, 0, 0, pointer)
}

function fill (row: readonly unknown[], dtype: DType, elements: TypedArray, offset: number, pointer: string, scalar = false): number {
  const wrong = fillOf(dtype)(row, elements, offset)
  if (wrong >= 0) throw invalid(scalar ? pointer : `${pointer}/${wrong}`, `an element of ${dtype} is ${EXPECTED[dtype]}; received ${show(row[wrong])}`)
  return offset + row.length
}
