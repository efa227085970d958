import type { Engine } from '../engine/engine.ts'
import type { Input, Operation } from '../operations/define.ts'
import type { EngineHello } from '../operations/hello.ts'
import type { InferenceMeter } from './inference-meter.ts'
import type { ResponseCache } from './response-cache.ts'
import type { ServingSettings } from './serving-settings.ts'
import type { ReadOnlyStore } from '../store/store.ts'
import type { Answer, RequestContext } from './dataplane.ts'

/** What operations are answered from in the front process. */
export interface Sources {
  readonly store: ReadOnlyStore
  readonly engine: Engine
  readonly meter: InferenceMeter
  readonly settings: ServingSettings
  readonly cache: ResponseCache
  /** What the engine said of itself. Throws `engine_unavailable` before it has. */
  readonly hello: () => EngineHello
}

/** Bytes of answers that a model may keep; 0 where it keeps none. */
export const cacheRoom = ({ settings, cache }: Pick<Sources, 'settings' | 'cache'>, model: string): number =>
  cache.roomFor(settings.of(model)?.cache_bytes ?? 0)

/** Answers one operation without changing anything. */
export interface FrontReader {
  readonly operation: Operation
  read (sources: Sources, input: unknown, context: RequestContext): Promise<Answer<Operation>> | Answer<Operation> | undefined
}

/**
 * States how an operation is answered in the front process. `undefined` leaves it to the engine.
 */
export function reader<O extends Operation> (
  operation: O, read: (sources: Sources, input: Input<O>, context: RequestContext) => Promise<Answer<O>> | Answer<O> | undefined
): FrontReader {
  return { operation, read: (sources, input, context) => read(sources, input as Input<O>, context) as Answer<Operation> }
}
