import type { HostTensor, Shape } from '../../src/tensor.ts'

/** How far a number may be from the expected one: `relative` of itself plus `absolute` of the largest element. */
export interface Tolerance { readonly relative: number, readonly absolute: number }

export type Closeness = 'exact' | Tolerance

/** A tensor and how close it must be. `scale`: the largest number it was computed from, where sums cancel. */
export interface Measured {
  readonly tensor: HostTensor
  readonly closeness: Closeness
  readonly scale?: number
}

export interface ReceivedParameter {
  readonly name: string
  readonly shape: Shape | null
  readonly dtype: string
  readonly grad_req: string
  readonly data: Measured | undefined
}

/** What a step did, under the names of the expectations. */
export interface Received {
  readonly tensor?: Measured
  readonly tensors?: ReadonlyMap<string, Measured | null>
  readonly text?: string
  readonly dumps?: string
  readonly prefix?: string
  readonly list?: ReadonlyArray<string | Measured>
  readonly dict?: ReadonlyMap<string, Measured>
  readonly params?: readonly ReceivedParameter[] | ReadonlyMap<string, Measured | null>
  readonly structural?: ReadonlyArray<readonly [string, string]>
  readonly file?: { readonly bytes: number, readonly sha256: string, readonly closeness: Closeness }
  readonly stdout?: string
  readonly warnings?: readonly string[]
  /** The first unmet expectation of the steps inside this one. */
  readonly inner?: string
}

/** Sums in another order: the tolerance of computed values. */
export const COMPUTED: Tolerance = { relative: 1e-5, absolute: 1e-6 }
/** Deep networks. */
export const DEEP: Tolerance = { relative: 0, absolute: 1e-3 }
/** Values of a singular value decomposition. */
export const DECOMPOSED: Tolerance = { relative: 1e-5, absolute: 1e-5 }

/** Something the program asks for that blockserve does not have. */
export class NotBuilt extends Error {
  constructor (what: string) { super(`not built: ${what}`) }
}
