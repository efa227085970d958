import { TEST_BACKEND } from './backends.ts'

/**
 * By what part rows that were computed together may differ from the same rows alone: WASM gives the same bits. TensorFlow has a kernel of
 * its own for one row, and on processors without AVX-512 its sums end in other last bits.
 */
const MOST_APART = TEST_BACKEND === 'wasm' ? 0 : 1e-6

/** Whether two lists of numbers are what the same rows give, together or alone. */
export const alike = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.from(a).every((x, i) => near(x, b[i] as number))

const near = (a: number, b: number): boolean => Object.is(a, b) || Math.abs(a - b) <= MOST_APART * Math.max(1, Math.abs(b))
