import { diagonalize, rotate, rotationOf, smallerSingularValue } from './rotation.ts'
import type { Columns } from './reflectors.ts'

const EPSILON = 2 ** -53
const TOLERANCE = EPSILON ** (7 / 8)
const MOST_SWEEPS = 6

interface Problem {
  readonly d: Float64Array
  readonly e: Float64Array
  /** Left and right singular vectors in the making, as columns. */
  readonly u: Columns
  readonly v: Columns
}

/** The unreduced part from row `first` to `last`, and whether sweeps go down or up. */
interface Block { readonly first: number, readonly last: number, readonly down: boolean }

/**
 * The singular vectors of an upper bidiagonal matrix: QR iteration with implicit shifts, zero shifts for accuracy, chased from
 * the larger end (Demmel & Kahan 1990), as LAPACK's DBDSQR does it, so that the vectors get its signs.
 * Rotates the columns of `u` and `v`, and leaves singular values in `d`, largest first. Should it not converge, the vectors
 * are orthonormal all the same.
 */
export function diagonalizeBidiagonal (p: Problem): void {
  const { d, e } = p
  const threshold = TOLERANCE * smallestBound(d, e) / Math.sqrt(d.length)
  let swept = { first: Infinity, last: -1 }
  let down = true
  let left = MOST_SWEEPS * d.length * d.length
  for (let last = d.length - 1; last > 0 && left > 0;) {
    const first = startOfBlock(p, last, threshold)
    if (first === last) { last--; continue }
    if (first === last - 1) { finishPair(p, first); last -= 2; continue }
    if (first > swept.last || last < swept.first) down = Math.abs(at(d, first)) >= Math.abs(at(d, last))
    const block = { first, last, down }
    const smallest = deflate(p, block)
    if (smallest === undefined) continue
    swept = block
    sweep(p, block, shiftFor(p, block, smallest), threshold)
    left -= last - first
  }
  makePositive(p)
  sort(p)
}

const at = (values: Float64Array, i: number): number => values[i] as number

/** A lower bound of the smallest singular value times sqrt(n). */
function smallestBound (d: Float64Array, e: Float64Array): number {
  let mu = Math.abs(at(d, 0))
  let smallest = mu
  for (let i = 1; i < d.length && smallest > 0; i++) {
    mu = Math.abs(at(d, i)) * (mu / (mu + Math.abs(at(e, i - 1))))
    smallest = Math.min(smallest, mu)
  }
  return smallest
}

function startOfBlock ({ e }: Problem, last: number, threshold: number): number {
  for (let i = last - 1; i >= 0; i--) {
    if (Math.abs(at(e, i)) > threshold) continue
    e[i] = 0
    return i + 1
  }
  return 0
}

function finishPair ({ d, e, u, v }: Problem, i: number): void {
  const { larger, smaller, right, left } = diagonalize(at(d, i), at(e, i), at(d, i + 1))
  d[i] = larger
  d[i + 1] = smaller
  e[i] = 0
  rotate(v[i] as Float64Array, v[i + 1] as Float64Array, right)
  rotate(u[i] as Float64Array, u[i + 1] as Float64Array, left)
}

/** Sets a negligible off-diagonal element to zero and returns nothing, or returns a bound of the smallest singular value. */
function deflate ({ d, e }: Problem, block: Block): number | undefined {
  const path = pathOf(block)
  const [last, edge] = [path.at(-1) as number, edgeOf(path, path.length - 2)]
  if (Math.abs(at(e, edge)) <= TOLERANCE * Math.abs(at(d, last))) { e[edge] = 0; return undefined }
  let mu = Math.abs(at(d, path[0] as number))
  let smallest = mu
  for (let k = 0; k < path.length - 1; k++) {
    const beside = Math.abs(at(e, edgeOf(path, k)))
    if (beside <= TOLERANCE * mu) { e[edgeOf(path, k)] = 0; return undefined }
    mu = Math.abs(at(d, path[k + 1] as number)) * (mu / (mu + beside))
    smallest = Math.min(smallest, mu)
  }
  return smallest
}

function shiftFor ({ d, e }: Problem, block: Block, smallest: number): number {
  const path = pathOf(block)
  let largest = 0
  for (let i = block.first; i <= block.last; i++) largest = Math.max(largest, Math.abs(at(d, i)), i < block.last ? Math.abs(at(e, i)) : 0)
  if (d.length * TOLERANCE * (smallest / largest) <= Math.max(EPSILON, 0.01 * TOLERANCE)) return 0
  const [before, last] = path.slice(-2) as [number, number]
  const shift = smallerSingularValue(at(d, before), at(e, Math.min(before, last)), at(d, last))
  const start = Math.abs(at(d, path[0] as number))
  return start > 0 && (shift / start) ** 2 < EPSILON ? 0 : shift
}

/** The diagonal elements in the order in which a sweep passes them. */
function pathOf ({ first, last, down }: Block): number[] {
  return Array.from({ length: last - first + 1 }, (_, k) => down ? first + k : last - k)
}

/** The off-diagonal element between two neighbours on the path. */
const edgeOf = (path: readonly number[], k: number): number => Math.min(path[k] as number, path[k + 1] as number)

function sweep (p: Problem, block: Block, shift: number, threshold: number): void {
  const path = pathOf(block)
  const [outer, inner] = block.down ? [p.v, p.u] : [p.u, p.v]
  if (shift === 0) sweepUnshifted(p, path, outer, inner)
  else sweepShifted(p, path, outer, inner, shift)
  const end = edgeOf(path, path.length - 2)
  if (Math.abs(at(p.e, end)) <= threshold) p.e[end] = 0
}

function sweepUnshifted ({ d, e }: Problem, path: readonly number[], outer: Columns, inner: Columns): void {
  let [a, b] = [{ c: 1, s: 0, r: 0 }, { c: 1, s: 0, r: 0 }]
  for (let k = 0; k < path.length - 1; k++) {
    const [i, next] = [path[k] as number, path[k + 1] as number]
    a = rotationOf(at(d, i) * a.c, at(e, edgeOf(path, k)))
    if (k > 0) e[edgeOf(path, k - 1)] = b.s * a.r
    b = rotationOf(b.c * a.r, at(d, next) * a.s)
    d[i] = b.r
    rotate(outer[i] as Float64Array, outer[next] as Float64Array, a)
    rotate(inner[i] as Float64Array, inner[next] as Float64Array, b)
  }
  const last = path.at(-1) as number
  const h = at(d, last) * a.c
  d[last] = h * b.c
  e[edgeOf(path, path.length - 2)] = h * b.s
}

function sweepShifted ({ d, e }: Problem, path: readonly number[], outer: Columns, inner: Columns, shift: number): void {
  const start = at(d, path[0] as number)
  let f = (Math.abs(start) - shift) * ((start < 0 ? -1 : 1) + shift / start)
  let g = at(e, edgeOf(path, 0))
  for (let k = 0; k < path.length - 1; k++) {
    const [i, next, edge] = [path[k] as number, path[k + 1] as number, edgeOf(path, k)]
    const a = rotationOf(f, g)
    if (k > 0) e[edgeOf(path, k - 1)] = a.r
    f = a.c * at(d, i) + a.s * at(e, edge)
    e[edge] = a.c * at(e, edge) - a.s * at(d, i)
    g = a.s * at(d, next)
    d[next] = a.c * at(d, next)
    const b = rotationOf(f, g)
    d[i] = b.r
    f = b.c * at(e, edge) + b.s * at(d, next)
    d[next] = b.c * at(d, next) - b.s * at(e, edge)
    if (k < path.length - 2) {
      g = b.s * at(e, edgeOf(path, k + 1))
      e[edgeOf(path, k + 1)] = b.c * at(e, edgeOf(path, k + 1))
    }
    rotate(outer[i] as Float64Array, outer[next] as Float64Array, a)
    rotate(inner[i] as Float64Array, inner[next] as Float64Array, b)
  }
  e[edgeOf(path, path.length - 2)] = f
}

function makePositive ({ d, v }: Problem): void {
  d.forEach((value, i) => {
    if (value >= 0) return
    d[i] = -value
    v[i]?.forEach((x, j, column) => { column[j] = -x })
  })
}

function sort ({ d, u, v }: Problem): void {
  const order = Array.from(d.keys()).sort((a, b) => at(d, b) - at(d, a))
  for (const columns of [u, v]) columns.splice(0, columns.length, ...order.map(i => columns[i] as Float64Array))
  d.set(order.map(i => at(d, i)))
}
