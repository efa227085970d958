import type { NDArray } from '../np/array.ts'

/** What an expression gives: a number, an array, or the list of arrays that a child puts out. */
export type Value = number | NDArray | readonly NDArray[]

/** The arrays a value holds. */
export function arraysIn (value: Value | undefined): readonly NDArray[] {
  if (value === undefined || typeof value === 'number') return []
  return Array.isArray(value) ? value as readonly NDArray[] : [value as NDArray]
}
