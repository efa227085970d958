/** How the inferences of a model are served. */
import { Type } from 'typebox'
import type { Static } from 'typebox'
import { component } from './component.ts'
import { MOST_ROWS } from './inference.ts'

interface Setting { readonly minimum: number, readonly maximum: number, readonly description: string }

const SETTINGS = {
  max_batch_size: { minimum: 1, maximum: MOST_ROWS, description: 'Rows that may share a batch; without effect where rows are not apart' },
  max_queue_delay_us: { minimum: 0, maximum: 1_000_000, description: 'Microseconds that the first inference may wait for others while the engine is idle' },
  cache_bytes: { minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'Bytes of answers that are kept, to answer the same inputs again; 0 keeps none' }
} as const satisfies Readonly<Record<string, Setting>>

const DEFAULTS = { max_batch_size: MOST_ROWS, max_queue_delay_us: 0, cache_bytes: 0 }

const closed = { additionalProperties: false }
const change = ({ description, ...limits }: Setting) =>
  Type.Optional(Type.Unsafe<number | null>({ type: ['integer', 'null'], ...limits, description: `${description}; null is the default` }))

/** All settings of a model, those it was not given by their defaults. */
export const ServingView = component('Serving', Type.Object({
  max_batch_size: Type.Integer(SETTINGS.max_batch_size),
  max_queue_delay_us: Type.Integer(SETTINGS.max_queue_delay_us),
  cache_bytes: Type.Integer(SETTINGS.cache_bytes)
}, closed))

/** Settings in a request. Those that are left out stay. */
export const ServingChange = component('ServingChange', Type.Object({
  max_batch_size: change(SETTINGS.max_batch_size),
  max_queue_delay_us: change(SETTINGS.max_queue_delay_us),
  cache_bytes: change(SETTINGS.cache_bytes)
}, closed))

export type Serving = Static<typeof ServingView>

/** The settings that a model was given. */
export type GivenServing = Partial<Readonly<Serving>>

export const servingOf = ({ serving }: { readonly serving?: GivenServing }): Serving => ({ ...DEFAULTS, ...serving })

/** The settings given after a change. */
export function changedServing (given: GivenServing, change: Static<typeof ServingChange>): GivenServing {
  return Object.fromEntries(Object.entries({ ...given, ...change }).filter(([, value]) => value !== null))
}
