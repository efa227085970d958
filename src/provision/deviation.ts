/** How far results of two backends are apart. */

/** How far two backends may differ, of the largest value. Sums of a hundred products differ by less, with TF32 by ten times more. */
export const TOLERANCE = 3e-5

/** The largest difference, as a part of the largest value wanted; NaN when the two are not of the same length, or not all numbers. */
export function largestError (got: Float32Array, wanted: Float32Array): number {
  const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
  const error = got.reduce((most, value, i) => Math.max(most, Math.abs(value - (wanted[i] ?? NaN))), 0)
  return got.length === wanted.length ? error / scale : NaN
}
