/** What the two processes say to each other. The channel carries batches of these. */
import { BlockserveError, problem, type ErrorCode, type Mistake } from '../errors.ts'

export type OperationKind = 'read' | 'mutate' | 'infer'

/** Front to engine: run one command. */
export interface Request {
  readonly id: number
  readonly operation: string
  readonly kind: OperationKind
  /** The model concerned; null for commands of the whole engine. */
  readonly model: string | null
  readonly input: unknown
  /** Milliseconds since 1970. A request that is not begun by then is not begun at all. */
  readonly deadline: number
  /** Rows of the largest batch that it may share; left out where only the engine's own bound holds. */
  readonly most_rows?: number | undefined
}

/** An error on its way between the processes. */
export interface WireError {
  readonly code: ErrorCode
  readonly message: string
  readonly mistakes: readonly Mistake[]
  readonly retryAfter?: number | undefined
}

/** Microseconds the engine took for a request; requests that it ran together share theirs. */
interface Timed { readonly us?: number }

/** Engine to front: what became of a request. `changed`: its model is another now. `expired`: it was not begun before its deadline. */
export type Answer =
  | { readonly id: number, readonly output: unknown, readonly changed?: true } & Timed
  | { readonly id: number, readonly error: WireError } & Timed
  | { readonly id: number, readonly expired: true, readonly us?: undefined }

/** The engine's first message: it is ready, and what it tells about itself; or it cannot start. */
export type Hello = { readonly hello: unknown } | { readonly failed: WireError }

/** The number of the engine that alone changes models. */
export const FIRST_ENGINE = 0

/** The command that tells an engine that the first has changed a model: its input is the name, or null for any. */
export const FOLLOW = 'follow'

/** Exit code of an engine whose device failed. */
export const DEVICE_FAILED = 75

/** An error of the table that came over the channel. */
export function fromWire ({ code, message, mistakes, retryAfter }: WireError): BlockserveError {
  return new BlockserveError(code, message, { mistakes, ...retryAfter === undefined ? {} : { retryAfter } })
}

/** An error as it crosses the channel; one that is not of the table becomes `internal`. */
export function toWire (error: unknown): WireError {
  const { code, message, mistakes, retryAfter } = error instanceof BlockserveError ? error : problem('internal')
  return { code, message, mistakes, retryAfter }
}
