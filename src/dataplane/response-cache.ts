/** Answers to inferences that were asked before, of the models that want them kept. */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Input, modelInfer } from '../operations/index.ts'
import type { InferenceOutput, InferenceResult } from '../operations/schemas/inference.ts'
import type { ModelRecord } from '../store/store.ts'

type Request = Input<typeof modelInfer>
export type Kept = Pick<InferenceResult, 'version' | 'outputs'>

/** Bytes of an answer beside its elements, about. */
const OVERHEAD = 512

/**
 * A cache per model, least recently used first out. A key holds all that an answer depends on: the inputs, and a revision of what is
 * saved of the model. So nothing has to be forgotten when a model changes, and no old answer is ever given.
 */
export class ResponseCache {
  readonly #models = new Map<string, LRUCache<string, Kept>>()

  get (model: string, key: string): Kept | undefined { return this.#models.get(model)?.get(key) }

  /** Keeps an answer in so many bytes of cache. What it is made of is copied, so that it holds no more memory than it counts. */
  set (model: string, key: string, { version, outputs }: Kept, bytes: number): void {
    const kept = { version, outputs: outputs.map(copyOf) }
    this.#of(model, bytes).set(key, kept)
  }

  /** A model is gone, or keeps no answers any more. */
  forget (model: string): void { this.#models.delete(model) }

  #of (model: string, maxSize: number): LRUCache<string, Kept> {
    const known = this.#models.get(model)
    if (known?.maxSize === maxSize) return known
    const cache = new LRUCache<string, Kept>({ maxSize, sizeCalculation: sizeOf })
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
