/** Helpers that run the same computation on several backends and compare what comes out. */
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'

export interface Read { readonly shape: readonly number[], readonly dtype: string, readonly values: readonly number[] }

export type Compute = () => tf.Tensor | tf.Tensor[]

/** Runs `compute` on the active backend and reads what it gives. Frees everything. */
export function read (compute: Compute): readonly Read[] {
  const reads: Read[] = []
  tf.tidy(() => {
    for (const result of [compute()].flat()) reads.push({ shape: result.shape, dtype: result.dtype, values: [...result.dataSync()] })
  })
  return reads
}

/** The same on the named backend. */
export async function readOn (backend: string, compute: Compute): Promise<readonly Read[]> {
  await tf.setBackend(backend)
  return read(compute)
}

/** What differs: shapes and dtypes must be equal, values within `tolerance` of the larger of 1 and their size. */
export function difference (a: readonly Read[], b: readonly Read[], tolerance = 2e-6): string | undefined {
  if (a.length !== b.length) return `${a.length} and ${b.length} results`
  return a.map((left, i) => differenceOf(left, b[i] as Read, tolerance)).find(text => text !== undefined)
}

function differenceOf (a: Read, b: Read, tolerance: number): string | undefined {
  if (a.dtype !== b.dtype || String(a.shape) !== String(b.shape) || a.values.length !== b.values.length) {
    return `${a.dtype} (${a.shape}) and ${b.dtype} (${b.shape})`
  }
  const at = a.values.findIndex((value, i) => !close(value, b.values[i] as number, tolerance))
  return at < 0 ? undefined : `element ${at} is ${a.values[at]} and ${b.values[at]}`
}

const close = (a: number, b: number, tolerance: number): boolean =>
  Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b))

/** Float32 values in (−2, 2), none 0, that follow from a seed. With `coarse`, multiples of a half, so that many are equal. */
export function values (size: number, seed: number, coarse = false): Float32Array {
  let state = seed >>> 0
  return Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const value = (state / 2 ** 32 - 0.5) * 4
    return (coarse ? Math.round(value * 2) / 2 : value) || 1
  })
}

export const tensor = (shape: readonly number[], seed: number, coarse = false): tf.Tensor =>
  tf.tensor(values(tf.util.sizeFromShape([...shape]), seed, coarse), [...shape], 'float32')

const positive = fc.integer({ min: 1, max: 5 })
/** A dimension: mostly small, sometimes 0. */
export const dimension = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 7, arbitrary: positive })

export const shapes = (minLength = 0, maxLength = 4): fc.Arbitrary<number[]> => fc.array(dimension, { minLength, maxLength })
export const fullShapes = (minLength = 0, maxLength = 4): fc.Arbitrary<number[]> => fc.array(positive, { minLength, maxLength })

export const seeds = fc.integer({ min: 1, max: 2 ** 31 })
