import type { Input, Operation, Output } from '../../operations/index.ts'
import type { Call } from '../call.ts'

/** How an engine carries out one operation. */
export interface Handler {
  readonly operation: Operation
  /** Whether the model the request names must be live before `run`. */
  readonly needsModel: boolean
  run (call: Call): unknown
}

/** A handler of an operation on a live model, `call.live`; of one without a model it has none. */
export function handler<O extends Operation> (operation: O, run: (call: Call<Input<O>>) => Output<O>): Handler {
  return { operation, needsModel: true, run: call => run(call as Call<Input<O>>) }
}

/** A handler of an operation that works on what is saved of a model, so that the model need not be live. */
export function handlerOfRecord<O extends Operation> (operation: O, run: (call: Call<Input<O>>) => Output<O>): Handler {
  return { operation, needsModel: false, run: call => run(call as Call<Input<O>>) }
}
