/** Draws from the random stream of the current session, as arrays on the device. */
import type { DType, HostTensor, Shape } from '../../tensor.ts'
import { session } from '../session.ts'
import { array, type NDArray } from './array.ts'

export interface DrawOptions { readonly size?: number | Shape, readonly dtype?: DType }

const shapeOf = (size: number | Shape = []): Shape => typeof size === 'number' ? [size] : size

/** Starts the stream of the current session afresh, as `mx.random.seed(value)`. */
export const seed = (value: number): void => { session().random.seed(value) }

export interface UniformOptions extends DrawOptions { readonly low?: number, readonly high?: number }
export interface NormalOptions extends DrawOptions { readonly loc?: number, readonly scale?: number }

/** Values of U[low, high). */
export function uniform ({ low = 0, high = 1, size, dtype }: UniformOptions = {}): NDArray {
  return array(session().random.uniform(low, high, shapeOf(size), dtype))
}

/** Values of N(loc, scale²). */
export function normal ({ loc = 0, scale = 1, size, dtype }: NormalOptions = {}): NDArray {
  return array(session().random.normal(loc, scale, shapeOf(size), dtype))
}

/** The rows of `x` in another order. */
export function shuffle (x: HostTensor): NDArray {
  return array(session().random.shuffle(x))
}
