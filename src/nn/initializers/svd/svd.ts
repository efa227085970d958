import { diagonalizeBidiagonal } from './bidiagonal-svd.ts'
import { bidiagonalize, factorQR } from './bidiagonalize.ts'
import { applyAll, transposed, type Columns } from './reflectors.ts'
import { rotate, rotationOf, type Rotation } from './rotation.ts'

/** The thin singular vectors of a matrix: as many columns in each as the smaller side of the matrix has. */
export interface SingularVectors { readonly u: Columns, readonly v: Columns }

/**
 * The singular vectors of a matrix of float32 numbers given by its columns (which it overwrites), A = U·S·Vᵀ, largest singular value first.
 * Follows the steps of LAPACK's xGESDD, so that up to 25 rows or columns the signs are LAPACK's too; beyond, LAPACK
 * divides the problem, and a pair of vectors may have the other sign.
 */
export function singularVectors (a: Columns): SingularVectors {
  const [rows, columns] = [a[0]?.length ?? 0, a.length]
  const smaller = Math.min(rows, columns)
  if (Math.max(rows, columns) < muchLongerThan(smaller)) return decompose(a)
  if (rows >= columns) {
    const { q, r } = factorQR(a)
    const { u, v } = decompose(r)
    return { u: applyAll(q, u, rows), v }
  }
  const { q, r } = factorQR(transposed(a))
  const { u, v } = decompose(transposed(r))
  return { u, v: applyAll(q, v, columns) }
}

/** From this length of the longer side xGESDD factors the matrix before it reduces it. */
const muchLongerThan = (smaller: number): number => Math.trunc(smaller * 11 / 6)

function decompose (a: Columns): SingularVectors {
  const [rows, columns] = [a[0]?.length ?? 0, a.length]
  const { left, right, d, e, upper } = bidiagonalize(a)
  const [u, v] = [identity(d.length), identity(d.length)]
  const rotations = upper ? [] : makeUpper(d, e)
  diagonalizeBidiagonal({ d, e, u, v })
  for (let i = rotations.length - 1; i >= 0; i--) rotateRows(u, i, rotations[i] as Rotation)
  return { u: applyAll(left, u, rows), v: applyAll(right, v, columns) }
}

/** Turns a lower bidiagonal matrix into an upper one by rotations of its rows. */
function makeUpper (d: Float64Array, e: Float64Array): Rotation[] {
  return Array.from(e, (_, i) => {
    const [beside, next] = [e[i] as number, d[i + 1] as number]
    const { c, s, r } = rotationOf(d[i] as number, beside)
    d[i] = r
    e[i] = s * next
    d[i + 1] = c * next
    return { c, s: -s }
  })
}

function rotateRows (columns: Columns, i: number, rotation: Rotation): void {
  for (const column of columns) rotate(column.subarray(i, i + 1), column.subarray(i + 1, i + 2), rotation)
}

function identity (n: number): Columns {
  return Array.from({ length: n }, (_, j) => new Float64Array(n).fill(1, j, j + 1))
}
