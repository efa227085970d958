import { LRUCache } from 'lru-cache'
import { BlockserveError, problem } from '../errors.ts'
import type { ModelRecord, ReadOnlyStore } from '../store/store.ts'
import { checkpointValues } from './checkpoint-values.ts'
import { identityOf, type LiveModel, type ModelIdentity } from './live-model.ts'
import { LiveVersion } from './live-version.ts'

export interface LiveVersionsOptions {
  readonly store: ReadOnlyStore
  /** The record of a model whose versions may be used. Throws otherwise. */
  readonly record: (name: string) => ModelRecord
  readonly build: (identity: ModelIdentity) => LiveModel
  /** Bytes that the parameters of all versions in memory may take. */
  readonly limit: number
}

/** Checkpoints in the memory of an engine: loaded when they are first asked for, dropped least recently used first. */
export class LiveVersions {
  readonly #options: LiveVersionsOptions
  readonly #cache: LRUCache<string, LiveVersion>

  constructor (options: LiveVersionsOptions) {
    this.#options = options
    this.#cache = new LRUCache({
      maxSize: options.limit,
      sizeCalculation: version => Math.max(1, version.bytes),
      dispose: version => { version.dispose() }
    })
  }

  /** Throws `model_not_found`, `model_unloaded`, `checkpoint_not_found`, `version_too_large`, `model_unavailable`, `data_damaged`. */
  get (model: string, version: number): LiveVersion { return this.peek(model, version) ?? this.#load(model, version) }

  /** A version if it is in memory. */
  peek (model: string, version: number): LiveVersion | undefined { return this.#cache.get(keyOf(model, version)) }

  /** All that are in memory. */
  loaded (): Array<{ model: string, version: number }> {
    return [...this.#cache.values()].map(({ name, version }) => ({ model: name, version }))
  }

  /** Frees one version, or all of a model. */
  forget (model: string, version?: number): void {
    for (const live of [...this.#cache.values()]) {
      if (live.name === model && (version ?? live.version) === live.version) this.#cache.delete(keyOf(model, live.version))
    }
  }

  /** Frees the versions of a model that are no more: `record` is what is saved of it. */
  refresh (model: string, record: ModelRecord | undefined): void {
    const { store } = this.#options
    for (const live of [...this.#cache.values()]) {
      if (live.name !== model) continue
      const isThere = record !== undefined && record.unloaded !== true && store.checkpoint(record.id, live.version) !== undefined
      if (!isThere) this.forget(model, live.version)
    }
  }

  #load (model: string, version: number): LiveVersion {
    const live = this.#build(this.#options.record(model), version)
    const { limit } = this.#options
    const { bytes } = live
    if (bytes > limit) {
      live.dispose()
      throw problem('version_too_large', { model, version, bytes, limit })
    }
    this.#cache.set(keyOf(model, version), live)
    return live
  }

  #build (record: ModelRecord, version: number): LiveVersion {
    const { record: { spec, seed }, values } = checkpointValues(this.#options.store, record, version)
    try {
      return new LiveVersion(this.#options.build({ ...identityOf(record), spec, seed }), version, values)
    } catch (cause) {
      if (cause instanceof BlockserveError && cause.status >= 500) throw cause
      const reason = `version ${version} cannot be built: ${cause instanceof Error ? cause.message : String(cause)}`
      throw problem('model_unavailable', { model: record.name, reason }, { cause })
    }
  }
}

const keyOf = (model: string, version: number): string => `${version} ${model}`
