import { fillUnpaired, fillUniform } from './floats.ts'
import { MersenneTwister, type EngineState } from './mersenne-twister.ts'

const ENGINES = 1024
const LEAST_PER_ENGINE = 64

/** Beyond so many words a saved engine is its whole state, before that its position alone: 8 bytes against 2.5 kB. */
const LARGEST_REPLAY = 2 ** 20

/** An engine that was used: how to make it again. */
export type SavedEngine = { readonly position: number } | EngineState

/**
 * MXNet's parallel generator on the CPU: 1024 engines seeded with consecutive numbers; n values are split evenly over as
 * many of them as keeps at least 64 for each. Engines are made when they are first used.
 */
export class ParallelStream {
  readonly seed: number
  readonly #engines: MersenneTwister[] = []
  readonly #saved: readonly SavedEngine[]
  #drawn = 0

  constructor (seed: number, saved: readonly SavedEngine[] = []) {
    this.seed = seed
    this.#saved = saved
  }

  fillUniform (out: Float32Array, low: number, high: number): void {
    this.#split(out.length, (engine, start, end) => fillUniform(engine, out, start, end, low, high))
  }

  /** Each value is its own polar draw; the spare of the pair is dropped. */
  fillNormal (out: Float32Array, loc: number, scale: number): void {
    this.#split(out.length, (engine, start, end) => fillUnpaired(engine, out, start, end, loc, scale))
  }

  /** Integers in [0, range), two words each: (first · 2^31 + second) mod range. */
  fillIntegers (out: BigInt64Array, range: bigint): void {
    const draw = range <= 2n ** 26n ? smallInteger(Number(range)) : largeInteger(range)
    this.#split(out.length, (engine, start, end) => {
      for (let i = start; i < end; i++) out[i] = draw(engine.next(), engine.next())
    })
  }

  /** How many values were drawn since it was made; to tell whether it moved. */
  get drawn (): number { return this.#drawn }

  /** The engines used so far, from the first. */
  save (): SavedEngine[] {
    const count = Math.max(this.#engines.length, this.#saved.length)
    return Array.from({ length: count }, (_, i) => this.#saveEngine(i))
  }

  #saveEngine (i: number): SavedEngine {
    const engine = this.#engines[i]
    if (engine === undefined) return this.#saved[i] ?? { position: 0 }
    return engine.position > LARGEST_REPLAY ? engine.save() : { position: engine.position }
  }

  #split (count: number, fill: (engine: MersenneTwister, start: number, end: number) => void): void {
    this.#drawn += count
    const used = Math.min(Math.ceil(count / LEAST_PER_ENGINE), ENGINES)
    const step = Math.ceil(count / used)
    for (let t = 0; t < used; t++) fill(this.#engine(t), Math.min(t * step, count), Math.min((t + 1) * step, count))
  }

  #engine (i: number): MersenneTwister {
    const engine = this.#engines[i] ?? this.#makeEngine(i)
    this.#engines[i] = engine
    return engine
  }

  #makeEngine (i: number): MersenneTwister {
    const saved = this.#saved[i]
    if (saved !== undefined && 'words' in saved) return MersenneTwister.from(saved)
    const engine = new MersenneTwister(this.seed + i)
    if (saved !== undefined) engine.skip(saved.position)
    return engine
  }
}

function smallInteger (range: number): (first: number, second: number) => bigint {
  const shift = 2 ** 31 % range
  return (first, second) => BigInt((first % range * shift + second) % range)
}

function largeInteger (range: bigint): (first: number, second: number) => bigint {
  return (first, second) => ((BigInt(first) << 31n) + BigInt(second)) % range
}
