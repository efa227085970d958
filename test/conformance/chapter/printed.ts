/** What Python and NumPy print, compared with arrays: numbers within a tolerance, everything else to the letter. */
import { formatShape, sizeOf, type HostTensor, type Shape } from '../../../src/tensor.ts'
import { largest, numbersOf } from '../tensors.ts'

/** A piece of output: text, or an array that stands where NumPy prints one. */
export type Piece = string | HostTensor

type Literal = number | ReadonlyArray<Literal | '...'>

interface Leaf { readonly position: number, readonly value: number }

/**
 * Why `pieces` one after the other are not the `printed` text; undefined when they are.
 * `tolerance` is absolute; by default 1e-7, less for small numbers.
 */
export function printedMismatch (printed: string, pieces: readonly Piece[], tolerance?: number): string | undefined {
  let rest = printed
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      if (!rest.startsWith(piece)) return `expected ${JSON.stringify(rest)}, received ${JSON.stringify(piece)}`
      rest = rest.slice(piece.length)
    } else {
      const reader = new LiteralReader(rest)
      const mismatch = arrayMismatch(reader.read(), piece, tolerance)
      if (mismatch !== undefined) return mismatch
      rest = reader.rest
    }
  }
  return rest === '' ? undefined : `expected ${JSON.stringify(rest)} too`
}

function arrayMismatch (literal: Literal, tensor: HostTensor, tolerance?: number): string | undefined {
  const wanted = leaves(literal, tensor.shape, 0)
  if (wanted === undefined) return `expected ${JSON.stringify(literal)}, received an array of shape ${formatShape(tensor.shape)}`
  const found = numbersOf(tensor)
  const allowed = tolerance ?? defaultTolerance(largest(wanted.map(({ value }) => value)))
  const off = wanted.find(({ position, value }) => !(Math.abs((found[position] as number) - value) <= allowed))
  return off === undefined ? undefined : `value ${off.position}: expected ${off.value}, received ${found[off.position]}, allowed ${allowed}`
}

/** 1e-7 for numbers around one; relative to the largest number where all are small, and for the float32 of larger ones. */
const defaultTolerance = (most: number): number => most > 1 ? 1e-7 * most : Math.min(1e-7, 1e-6 * most)

/** The numbers of a literal with their positions in an array of `shape`; undefined when it cannot be such an array. */
function leaves (literal: Literal, shape: Shape, start: number): Leaf[] | undefined {
  const [dim, ...inner] = shape
  if (typeof literal === 'number' || dim === undefined) {
    return typeof literal === 'number' && dim === undefined ? [{ position: start, value: literal }] : undefined
  }
  const gap = literal.indexOf('...')
  if (gap === -1 ? literal.length !== dim : literal.length > dim) return undefined
  const found: Leaf[] = []
  for (const [i, item] of literal.entries()) {
    if (item === '...') continue
    const index = gap !== -1 && i > gap ? dim - literal.length + i : i
    const below = leaves(item, inner, start + index * sizeOf(inner))
    if (below === undefined) return undefined
    found.push(...below)
  }
  return found
}

/** Reads one number or bracketed array at the start of a text. */
class LiteralReader {
  rest: string

  constructor (text: string) {
    this.rest = text
  }

  read (): Literal {
    if (this.#take(/^\[\s*/) === undefined) return this.#number()
    const items: Array<Literal | '...'> = []
    while (this.#take(/^\s*\]/) === undefined) {
      items.push(this.#take(/^\.\.\./) === undefined ? this.read() : '...')
      this.#take(/^\s*,?\s*/)
    }
    return items
  }

  #number (): number {
    const token = this.#take(/^(?:True|False|nan|-?inf|-?\d+\.?\d*(?:e[+-]?\d+)?)/)
    if (token === undefined) throw new Error(`there is no number at ${JSON.stringify(this.rest.slice(0, 40))}`)
    if (token === 'True' || token === 'False') return Number(token === 'True')
    return Number(token.replace('inf', 'Infinity'))
  }

  #take (pattern: RegExp): string | undefined {
    const found = pattern.exec(this.rest)?.[0]
    if (found !== undefined) this.rest = this.rest.slice(found.length)
    return found
  }
}
