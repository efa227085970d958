/** Elements out of parsed JSON: flat or nested numbers into a typed array. Sizes are checked before anything is allocated. */
import { problem } from '../errors.ts'
import { formatShape, MAX_RANK, sizeOf } from '../tensor.ts'
import type { ElementKind } from './elements.ts'

export interface TensorLimits { readonly maxElements: number }

const MAX_DIMENSION = 2 ** 31 - 1

export function invalid (pointer: string, detail: string): Error {
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

/** A shape that may be allocated. Throws `invalid_tensor`, `rank_too_high`, `too_many_elements`. */
export function checkShape (shape: unknown, pointer: string, limits: TensorLimits): number[] {
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

/** The elements of a checked shape; `data` is flat, or nested as the shape is; doubles are a flat list. */
export function decodeShaped<Values> (
  shape: readonly number[], kind: ElementKind<Values>, data: unknown, pointer: string, limits: TensorLimits
): Values {
  if (data instanceof Float64Array) return fillFlat(shape, kind, data as ArrayLike<unknown>, pointer)
  const flat = Array.isArray(data) && !Array.isArray(data[0])
  if (!flat || shape.length === 1) return matching(shape, decodeNested(data, kind, pointer, limits), pointer)
  return fillFlat(shape, kind, data, pointer)
}

function fillFlat<Values> (shape: readonly number[], kind: ElementKind<Values>, data: ArrayLike<unknown>, pointer: string): Values {
  const size = sizeOf(shape)
  if (data.length !== size) throw invalid(pointer, `shape ${formatShape(shape)} holds ${size} elements, received ${data.length}`)
  const elements = kind.allocate(size)
  fill(data, kind, elements, 0, pointer)
  return elements
}

function matching<Values> (shape: readonly number[], found: Nested<Values>, pointer: string): Values {
  const isSame = shape.join() === found.shape.join()
  if (isSame || (sizeOf(found.shape) === 0 && sizeOf(shape) === 0)) return found.elements
  throw invalid(pointer, `shape ${formatShape(shape)} holds ${sizeOf(shape)} elements, received data of shape ${formatShape(found.shape)}`)
}

export interface Nested<Values> { readonly shape: readonly number[], readonly elements: Values }

/** Nested lists, whose lengths are the shape; one element is a scalar. */
export function decodeNested<Values> (value: unknown, kind: ElementKind<Values>, pointer: string, limits: TensorLimits): Nested<Values> {
  const shape = nestedShape(value)
  checkSize(shape, limits)
  const elements = kind.allocate(sizeOf(shape))
  if (shape.length === 0) fill([value], kind, elements, 0, pointer, true)
  else fillNested(value, shape, kind, elements, pointer)
  return { shape, elements }
}

/** The lengths along the first elements; going past the largest rank is enough to be refused. */
function nestedShape (value: unknown): number[] {
  const shape: number[] = []
  for (let inner = value; Array.isArray(inner) && shape.length <= MAX_RANK; inner = inner[0]) shape.push(inner.length)
  return shape
}

function fillNested<Values> (value: unknown, shape: readonly number[], kind: ElementKind<Values>, elements: Values, pointer: string): void {
  const walk = (list: unknown, depth: number, offset: number, at: string): number => {
    if (!Array.isArray(list)) throw invalid(at, `expected a list of ${shape[depth]} as its neighbours are, received ${show(list)}`)
    if (list.length !== shape[depth]) throw invalid(at, `expected a list of ${shape[depth]} as its neighbours are, received ${list.length}`)
    if (depth === shape.length - 1) return fill(list, kind, elements, offset, at)
    return list.reduce<number>((next, inner, i) => walk(inner, depth + 1, next, `${at}/${i}`), offset)
  }
  walk(value, 0, 0, pointer)
}

function fill<Values> (
  row: ArrayLike<unknown>, kind: ElementKind<Values>, elements: Values, offset: number, pointer: string, scalar = false
): number {
  const wrong = kind.fill(row, elements, offset)
  if (wrong >= 0) throw invalid(scalar ? pointer : `${pointer}/${wrong}`, `an element of ${kind.name} is ${kind.expected}; received ${show(row[wrong])}`)
  return offset + row.length
}
