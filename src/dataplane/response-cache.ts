/** Answers to inferences that were asked before, of the models that want them kept. */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Input, modelInfer } from '../operations/index.ts'
import type { InferenceOutput, InferenceResult } from '../operations/schemas/inference.ts'
import type { ModelRecord } from '../store/store.ts'

type Request = Input<typeof modelInfer>
export type Kept = Pick<InferenceResult, 'version' | 'outputs'>

/** Bytes of an answer beside its elements, about. */
const OVERHEAD = 768

interface Place { readonly model: string, readonly key: string }

/** Names of models have no blanks. */
const nameOf = (model: string, key: string): string => `${model} ${key}`

/**
 * A cache per model, and a bound on all of them together, least recently used first out. A key holds all that an answer depends on: the
 * inputs, and a revision of what is saved of the model. So nothing has to be forgotten when a model changes, and no old answer is given.
 */
export class ResponseCache {
  readonly #limit: number
  readonly #models = new Map<string, LRUCache<string, Kept>>()
  /** Where each answer is kept. What has to go because of the others goes from its model, too. */
  readonly #all: LRUCache<string, Place>

  /** `limit`: bytes of all models together; 0 keeps nothing. */
  constructor (limit: number) {
    this.#limit = limit
    this.#all = new LRUCache<string, Place>({
      maxSize: Math.max(1, limit),
      disposeAfter: ({ model, key }, _name, reason) => { if (reason === 'evict') this.#models.get(model)?.delete(key) }
    })
  }

  /** Bytes that are kept, by model. */
  get bytes (): ReadonlyMap<string, number> {
    return new Map([...this.#models].map(([model, { calculatedSize }]) => [model, calculatedSize]))
  }

  /** How many of so many bytes a model may have. */
  roomFor (bytes: number): number { return Math.min(bytes, this.#limit) }

  get (model: string, key: string): Kept | undefined {
    const kept = this.#models.get(model)?.get(key)
    if (kept !== undefined) this.#all.get(nameOf(model, key))
    return kept
  }

  /** Keeps an answer in so many bytes of cache. What it is made of is copied, so that it holds no more memory than it counts. */
  set (model: string, key: string, { version, outputs }: Kept, bytes: number): void {
    const room = this.roomFor(bytes)
    if (room === 0) return
    const kept = { version, outputs: outputs.map(copyOf) }
    const cache = this.#of(model, room).set(key, kept)
    if (cache.has(key)) this.#all.set(nameOf(model, key), { model, key }, { size: sizeOf(kept) })
    else this.#all.delete(nameOf(model, key))
  }

  /** A model is gone, or keeps no answers any more. */
  forget (model: string): void {
    this.#models.get(model)?.clear()
    this.#models.delete(model)
  }

  #of (model: string, maxSize: number): LRUCache<string, Kept> {
    const known = this.#models.get(model)
    if (known?.maxSize === maxSize) return known
    this.forget(model)
    const cache = new LRUCache<string, Kept>({
      maxSize, sizeCalculation: sizeOf, disposeAfter: (_kept, key, reason) => { if (reason !== 'set') this.#all.delete(nameOf(model, key)) }
    })
    this.#models.set(model, cache)
    return cache
  }
}

/** What an answer depends on, as one text. */
export function cacheKey ({ id, revision }: ModelRecord, { version = 0, inputs, raw = [], outputs = [] }: Request): string {
  const hash = createHash('sha256')
  const described = inputs.map(({ name, datatype, shape }) => [name, datatype, shape])
  const requested = outputs.map(({ name, classification }) => [name, classification])
  hash.update(JSON.stringify([id, revision, version, described, raw.length > 0, requested]))
  for (const part of [...inputs.flatMap(({ parts }) => parts), ...raw]) hash.update(part)
  return hash.digest('base64')
}

const elementsOf = (output: InferenceOutput) => 'tensor' in output ? [output.tensor.data] : [output.classes.values.data, output.classes.indices]

const sizeOf = ({ outputs }: Kept): number =>
  outputs.flatMap(elementsOf).reduce((total, { byteLength }) => total + byteLength, OVERHEAD)

function copyOf (output: InferenceOutput): InferenceOutput {
  if ('tensor' in output) return { ...output, tensor: { ...output.tensor, data: output.tensor.data.slice() } }
  const { values, indices } = output.classes
  return { ...output, classes: { values: { ...values, data: values.data.slice() }, indices: indices.slice() } }
}
