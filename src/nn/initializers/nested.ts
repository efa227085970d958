import { problem } from '../../errors.ts'
import { formatShape, sizeOf, type Shape } from '../../tensor.ts'

/** Numbers nested in arrays, as NumPy takes them; a bare number is a scalar. */
export type Nested = number | readonly Nested[]

interface Values { readonly shape: Shape, readonly data: Float64Array }

/**
 * The values of nested arrays in C order, with their shape.
 * Throws `initializer_option` when rows differ in length or something is not a number.
 */
export function flatten (value: Nested, initializer: string): Values {
  const shape = shapeOf(value)
  const data: number[] = []
  collect(value, shape, data, initializer)
  return { shape, data: Float64Array.from(data) }
}

/** Fills `out` of `shape` with a value of a shape that broadcasts to it, as NumPy does. Returns whether it does. */
export function broadcast (source: Values, shape: Shape, out: Float32Array | Float64Array): boolean {
  const lead = shape.length - source.shape.length
  if (lead < 0 || !source.shape.every((dim, axis) => dim === 1 || dim === shape[axis + lead])) return false
  for (let i = 0; i < sizeOf(shape); i++) out[i] = source.data[sourceIndex(i, source.shape, shape)] as number
  return true
}

function sourceIndex (index: number, source: Shape, shape: Shape): number {
  let [rest, found, stride] = [index, 0, 1]
  for (let axis = 1; axis <= source.length; axis++) {
    const [dim, own] = [shape.at(-axis) as number, source.at(-axis) as number]
    if (own !== 1) found += (rest % dim) * stride
    stride *= own
    rest = Math.floor(rest / dim)
  }
  return found
}

function shapeOf (value: Nested): Shape {
  return typeof value === 'number' || !Array.isArray(value) ? [] : [value.length, ...shapeOf((value as readonly Nested[])[0] ?? 0)]
}

function collect (value: Nested, shape: Shape, into: number[], initializer: string): void {
  const [length, ...rest] = shape
  if (length === undefined) {
    if (typeof value !== 'number') throw invalid(initializer, `its value must be numbers in equally long rows, received ${JSON.stringify(value)}`)
    into.push(value)
    return
  }
  if (!Array.isArray(value) || value.length !== length) throw invalid(initializer, `the rows of its value must be equally long, ${formatShape(shape)} expected`)
  for (const element of value as readonly Nested[]) collect(element, rest, into, initializer)
}

const invalid = (initializer: string, detail: string) => problem('initializer_option', { initializer, detail })
