import { LRUCache } from 'lru-cache'
import { servingOf, type Serving } from '../operations/schemas/serving.ts'
import type { Reader } from '../store/store.ts'

interface Known { readonly revision: number, readonly serving: Serving }

/** Models whose settings are remembered. */
const MOST = 4096

/**
 * How models are served, for every inference: the store is read once per model and change. Settings may be older than a change that
 * nobody was told of yet (its caller gave up before it was made); the next answer of an engine brings it to light.
 */
export class ServingSettings {
  readonly #store: Pick<Reader, 'model'>
  readonly #known = new LRUCache<string, Known>({ max: MOST })

  constructor (store: Pick<Reader, 'model'>) { this.#store = store }

  /** The settings of a model; undefined when there is none of that name. */
  of (model: string): Serving | undefined { return (this.#known.get(model) ?? this.#read(model))?.serving }

  /** A mutation of the model ended, well or not. */
  forget (model: string): void { this.#known.delete(model) }

  /** An engine answered at this revision of the model. */
  see (model: string, revision: number): void {
    if (this.#known.peek(model)?.revision !== revision) this.forget(model)
  }

  #read (model: string): Known | undefined {
    const record = this.#store.model(model)
    if (record === undefined) return undefined
    const known = { revision: record.revision, serving: servingOf(record) }
    this.#known.set(model, known)
    return known
  }
}
