import type { Engine } from '../engine/engine.ts'
import { problem } from '../errors.ts'
import type { Input, Operation } from '../operations/define.ts'
import type { EngineHello } from '../operations/hello.ts'
import type { ReadOnlyStore } from '../store/store.ts'
import { admit, type Target } from './admission.ts'
import { callEngine } from './call-engine.ts'
import type { Answer, Dataplane, RequestContext } from './dataplane.ts'
import type { Observation } from './observation.ts'
import type { FrontReader, Sources } from './reader.ts'
import { InferenceMeter } from './inference-meter.ts'
import { ResponseCache } from './response-cache.ts'
import { ServingSettings } from './serving-settings.ts'
import * as arrays from './readers/arrays.ts'
import * as catalogue from './readers/catalogue.ts'
import * as checkpoints from './readers/checkpoints.ts'
import * as inference from './readers/inference.ts'
import * as models from './readers/models.ts'
import * as parameters from './readers/parameters.ts'
import * as repository from './readers/repository.ts'
import * as runtime from './readers/runtime.ts'

const READERS: ReadonlyMap<string, FrontReader> = new Map(
  [arrays, catalogue, checkpoints, inference, models, parameters, repository, runtime]
    .flatMap(noun => Object.values<FrontReader>(noun))
    .map(entry => [entry.operation.name, entry])
)

/** The data plane of the front process: what is saved is read from the store, all else is asked of an engine. */
export class FrontDataplane implements Dataplane {
  readonly #sources: Sources

  /** `cacheBytes`: how many bytes of answers may be kept, all models together. */
  constructor (store: ReadOnlyStore, engine: Engine, { cacheBytes }: { readonly cacheBytes: number }) {
    const settings = new ServingSettings(store)
    const cache = new ResponseCache(cacheBytes)
    this.#sources = { store, engine, meter: new InferenceMeter(), settings, cache, hello: () => helloOf(engine) }
  }

  /** For monitors. */
  observe = (): Observation => {
    const { meter, engine, cache } = this.#sources
    const inferences = [...meter.all()].map(([model, version, figures]) => ({ model, version, figures }))
    const models = [...new Set(inferences.map(({ model }) => model))]
    const departures = models.map(model => ({ model, counts: engine.departures(model) }))
    return { inferences, departures, cached: cache.bytes, engine: engine.status() }
  }

  admit (operation: Operation, target: Target): void { admit(this.#sources, operation, target) }

  async run<O extends Operation> (operation: O, input: Input<O>, context: RequestContext): Promise<Answer<O>> {
    const answer = await READERS.get(operation.name)?.read(this.#sources, input, context)
    return (answer ?? await callEngine(this.#sources, operation, input as object, context)) as Answer<O>
  }
}

function helloOf (engine: Engine): EngineHello {
  const { info, state } = engine.status()
  if (info === undefined || info === null) throw problem('engine_unavailable', { state }, { retryAfter: 1 })
  return info as EngineHello
}
