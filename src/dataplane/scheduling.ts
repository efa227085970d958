/** What the scheduler is told of an inference. */
import type { Call } from '../engine/engine.ts'
import { MOST_ROWS } from '../operations/schemas/inference.ts'
import type { Serving } from '../operations/schemas/serving.ts'
import type { Shape } from '../tensor.ts'
import type { RequestContext } from './dataplane.ts'

const US_PER_MS = 1000

/** `serving` is how its model is served; undefined where there is no such model. */
export function schedulingOf (serving: Serving | undefined, input: object, context: RequestContext): Pick<Call, 'engine' | 'rows' | 'batching'> {
  if (isForFirst(input, context)) return { engine: 0 }
  const { max_batch_size: rows = MOST_ROWS, max_queue_delay_us: delay = 0 } = serving ?? {}
  if (rows === MOST_ROWS && delay === 0) return {}
  return { rows: rowsIn(input), batching: { rows, delayMs: delay / US_PER_MS } }
}

/** What is known to leave something behind: an answer under a key, or what training moves. */
const isForFirst = (input: object, { idempotencyKey }: RequestContext): boolean =>
  idempotencyKey !== undefined || ('train_mode' in input && input.train_mode === true)

function rowsIn (input: object): number {
  const { inputs: [first] = [] } = input as { readonly inputs?: ReadonlyArray<{ readonly shape?: Shape }> }
  return first?.shape?.[0] ?? 1
}
