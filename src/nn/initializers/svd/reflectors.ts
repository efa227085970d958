/** A matrix as its columns. */
export type Columns = Float64Array[]

/** The Householder reflection I − tau·v·vᵀ; `v` acts on the rows from `start`, its first element is 1. */
export interface Reflector { readonly start: number, readonly v: Float64Array, readonly tau: number }

/** The reflection that maps `x` to (beta, 0, …), LAPACK's xLARFG: beta has the sign opposite to x₀, and x of length 1 stays as it is. */
export function reflector (x: Float64Array, start: number): { readonly beta: number, readonly reflector: Reflector } {
  const alpha = x[0] as number
  const rest = norm(x.subarray(1))
  if (rest === 0) return { beta: alpha, reflector: { start, v: x.map((_, i) => i === 0 ? 1 : 0), tau: 0 } }
  const beta = alpha < 0 ? Math.hypot(alpha, rest) : -Math.hypot(alpha, rest)
  const v = x.map((value, i) => i === 0 ? 1 : value / (alpha - beta))
  return { beta, reflector: { start, v, tau: (beta - alpha) / beta } }
}

function norm (x: Float64Array): number {
  return Math.sqrt(x.reduce((sum, value) => sum + value * value, 0))
}

/** Reflects each column from index `from` on. */
export function reflectColumns (columns: Columns, { start, v, tau }: Reflector, from = 0): void {
  for (const column of columns.slice(from)) {
    const part = column.subarray(start)
    let dot = 0
    for (let i = 0; i < v.length; i++) dot += (v[i] as number) * (part[i] as number)
    for (let i = 0; i < v.length; i++) part[i] = (part[i] as number) - tau * dot * (v[i] as number)
  }
}

/** Reflects each row from index `from` on; `start` counts columns. */
export function reflectRows (columns: Columns, { start, v, tau }: Reflector, from = 0): void {
  const rows = columns[0]?.length ?? 0
  for (let r = from; r < rows; r++) {
    let dot = 0
    for (let j = 0; j < v.length; j++) dot += (v[j] as number) * (columns[start + j]?.[r] as number)
    for (let j = 0; j < v.length; j++) {
      const column = columns[start + j] as Float64Array
      column[r] = (column[r] as number) - tau * dot * (v[j] as number)
    }
  }
}

/** The product H₁·H₂·…·Hₖ·C, C extended by rows of zeros to `rows`. */
export function applyAll (reflectors: readonly Reflector[], columns: Columns, rows: number): Columns {
  const extended = columns.map(column => {
    const longer = new Float64Array(rows)
    longer.set(column)
    return longer
  })
  for (const each of reflectors.toReversed()) reflectColumns(extended, each)
  return extended
}

/** The elements of a row from column `from` on. */
export function rowOf (columns: Columns, row: number, from: number): Float64Array {
  return Float64Array.from(columns.slice(from), column => column[row] as number)
}

export function transposed (columns: Columns): Columns {
  return Array.from({ length: columns[0]?.length ?? 0 }, (_, row) => rowOf(columns, row, 0))
}
