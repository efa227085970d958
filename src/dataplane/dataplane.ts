/** What the transports ask of the product: every operation, by one method. Types only. */
import type { Cancellation } from '../engine/cancellation.ts'
import type { Input, Operation, Output } from '../operations/define.ts'
import type { Target } from './admission.ts'

export type { Cancellation } from '../engine/cancellation.ts'

/** What a request says beside its input. */
export interface RequestContext {
  readonly requestId: string
  /** When it was read, in ms since the epoch. */
  readonly arrivedAt?: number
  /** When the answer is worth nothing any more, in ms since the epoch. */
  readonly deadline: number
  /** Aborted when the client went away. */
  readonly signal: Cancellation
  /** Lower is sooner, from 1; 0, or nothing, is the usual. */
  readonly priority?: number
  /** The revision the model must have (If-Match), `*` for any that exists. */
  readonly ifMatch?: number | '*'
  /** A repeated mutation with the same key applies once (Idempotency-Key). */
  readonly idempotencyKey?: string
}

export interface Answer<O extends Operation> {
  readonly output: Output<O>
  /** Revision of the model the operation read or changed; becomes the ETag. */
  readonly revision?: number
}

export interface Dataplane {
  /** Throws what `run` would throw at once, whatever else the request says: nobody need read it. */
  admit (operation: Operation, target: Target): void
  /** Throws BlockserveError; anything else thrown is a fault of the server. */
  run<O extends Operation> (operation: O, input: Input<O>, context: RequestContext): Promise<Answer<O>>
}
