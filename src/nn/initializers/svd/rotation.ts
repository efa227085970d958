/** The plane rotation (c s; −s c). */
export interface Rotation { readonly c: number, readonly s: number }

const sign = (magnitude: number, of: number): number => of < 0 || Object.is(of, -0) ? -Math.abs(magnitude) : Math.abs(magnitude)

/** The rotation that maps (f, g) to (r, 0), signed as LAPACK's xLARTG before 3.10: r ≥ 0 unless |f| > |g|, then c ≥ 0. */
export function rotationOf (f: number, g: number): Rotation & { readonly r: number } {
  if (g === 0) return { c: 1, s: 0, r: f }
  if (f === 0) return { c: 0, s: 1, r: g }
  const r = Math.abs(f) > Math.abs(g) && f < 0 ? -Math.hypot(f, g) : Math.hypot(f, g)
  return { c: f / r, s: g / r, r }
}

/** Replaces the vectors x, y by c·x + s·y, c·y − s·x. */
export function rotate (x: Float64Array, y: Float64Array, { c, s }: Rotation): void {
  for (let i = 0; i < x.length; i++) {
    const [a, b] = [x[i] as number, y[i] as number]
    x[i] = c * a + s * b
    y[i] = c * b - s * a
  }
}

/** The smaller singular value of (f g; 0 h). */
export function smallerSingularValue (f: number, g: number, h: number): number {
  const larger = Math.hypot(Math.abs(f) + Math.abs(h), g) + Math.hypot(Math.abs(f) - Math.abs(h), g)
  return larger === 0 ? 0 : Math.abs(f) * Math.abs(h) * 2 / larger
}

/** The singular values of (f g; 0 h), with signs, and the rotations of rows and columns that make it diagonal. */
export interface Diagonalized {
  readonly larger: number
  readonly smaller: number
  readonly left: Rotation
  readonly right: Rotation
}

/** Diagonalizes (f g; 0 h): LAPACK's xLASV2. */
export function diagonalize (f: number, g: number, h: number): Diagonalized {
  const swapped = Math.abs(h) > Math.abs(f)
  const { larger, smaller, left, right } = swapped ? mirrored(solve(h, g, f)) : solve(f, g, h)
  const first = signOfLarger(f, g, h, left, right)
  return { larger: sign(larger, first), smaller: sign(smaller, first * sign(1, f) * sign(1, h)), left, right }
}

function mirrored ({ left, right, ...values }: Diagonalized): Diagonalized {
  return { ...values, left: { c: right.s, s: right.c }, right: { c: left.s, s: left.c } }
}

/** The sign of the larger singular value follows from the largest of the three elements. */
function signOfLarger (f: number, g: number, h: number, left: Rotation, right: Rotation): number {
  if (Math.abs(g) > Math.max(Math.abs(f), Math.abs(h))) return sign(1, right.s) * sign(1, left.c) * sign(1, g)
  if (Math.abs(h) > Math.abs(f)) return sign(1, right.s) * sign(1, left.s) * sign(1, h)
  return sign(1, right.c) * sign(1, left.c) * sign(1, f)
}

/** For |f| ≥ |h|; the values without their signs. */
function solve (f: number, g: number, h: number): Diagonalized {
  const [fa, ha] = [Math.abs(f), Math.abs(h)]
  if (g === 0) return { larger: fa, smaller: ha, left: { c: 1, s: 0 }, right: { c: 1, s: 0 } }
  const l = (fa - ha) / fa
  const m = g / f
  const s = Math.hypot(2 - l, m)
  const r = Math.hypot(l, m)
  const a = (s + r) / 2
  const t = (m / (s + 2 - l) + m / (r + l)) * (1 + a)
  const norm = Math.hypot(t, 2)
  const right = { c: 2 / norm, s: t / norm }
  return { larger: fa * a, smaller: ha / a, left: { c: (right.c + right.s * m) / a, s: h / f * right.s / a }, right }
}
