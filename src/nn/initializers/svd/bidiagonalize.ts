import { reflectColumns, reflector, reflectRows, rowOf, type Columns, type Reflector } from './reflectors.ts'

/** A = L·B·Rᵀ with L and R products of reflections and B bidiagonal: `d` its diagonal, `e` what is beside it. */
export interface Bidiagonal {
  readonly left: readonly Reflector[]
  readonly right: readonly Reflector[]
  readonly d: Float64Array
  readonly e: Float64Array
  /** Whether `e` is above the diagonal or below it. */
  readonly upper: boolean
}

/** A = Q·R: the reflections of Q and the square R. For rows ≥ columns. Overwrites `a`. */
export function factorQR (a: Columns): { readonly q: Reflector[], readonly r: Columns } {
  const q = a.map((_, i) => clearColumn(a, i, i).reflector)
  return { q, r: a.map((column, j) => column.slice(0, a.length).map((value, i) => i > j ? 0 : value)) }
}

/** Golub and Kahan's reduction as LAPACK's xGEBRD orders it: to upper form when rows ≥ columns, else to lower. Overwrites `a`. */
export function bidiagonalize (a: Columns): Bidiagonal {
  const [rows, columns] = [a[0]?.length ?? 0, a.length]
  return rows >= columns ? reduceToUpper(a, columns) : reduceToLower(a, rows)
}

function reduceToUpper (a: Columns, n: number): Bidiagonal {
  const [d, e] = [new Float64Array(n), new Float64Array(Math.max(n - 1, 0))]
  const [left, right]: [Reflector[], Reflector[]] = [[], []]
  for (let i = 0; i < n; i++) {
    d[i] = keep(left, clearColumn(a, i, i))
    if (i < n - 1) e[i] = keep(right, clearRow(a, i, i + 1))
  }
  return { left, right, d, e, upper: true }
}

function reduceToLower (a: Columns, n: number): Bidiagonal {
  const [d, e] = [new Float64Array(n), new Float64Array(Math.max(n - 1, 0))]
  const [left, right]: [Reflector[], Reflector[]] = [[], []]
  for (let i = 0; i < n; i++) {
    d[i] = keep(right, clearRow(a, i, i))
    if (i < n - 1) e[i] = keep(left, clearColumn(a, i, i + 1))
  }
  return { left, right, d, e, upper: false }
}

type Cleared = ReturnType<typeof reflector>

function keep (list: Reflector[], { beta, reflector: made }: Cleared): number {
  list.push(made)
  return beta
}

/** Reflects rows so that column `j` is zero below row `i`. */
function clearColumn (a: Columns, j: number, i: number): Cleared {
  const cleared = reflector((a[j] as Float64Array).slice(i), i)
  reflectColumns(a, cleared.reflector, j)
  return cleared
}

/** Reflects columns so that row `i` is zero to the right of column `j`. */
function clearRow (a: Columns, i: number, j: number): Cleared {
  const cleared = reflector(rowOf(a, i, j), j)
  reflectRows(a, cleared.reflector, i)
  return cleared
}
