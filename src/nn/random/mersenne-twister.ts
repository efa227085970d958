const SIZE = 624
const SHIFT = 397
const UPPER = 0x80000000
const LOWER = 0x7fffffff

/** Where an engine stands: its 624 state words, how many of them are consumed, and how many words it gave since it was seeded. */
export interface EngineState {
  readonly words: Uint32Array
  readonly index: number
  readonly position: number
}

/**
 * std::mt19937: 32-bit words, period 2^19937 − 1 (Matsumoto & Nishimura 1998). Words are made and tempered in blocks
 * of 624, so that bulk draws are plain array loops.
 */
export class MersenneTwister {
  readonly #state: Uint32Array
  readonly #block = new Uint32Array(SIZE)
  #index = SIZE
  #blocks = 0

  constructor (seed: number) {
    this.#state = seedWords(seed)
  }

  /** An engine that stands where `saved` stood. */
  static from (saved: EngineState): MersenneTwister {
    const engine = new MersenneTwister(0)
    engine.#state.set(saved.words)
    engine.#index = saved.index
    engine.#blocks = (saved.position + SIZE - saved.index) / SIZE
    temper(engine.#state, engine.#block)
    return engine
  }

  /** Words given since the engine was seeded. */
  get position (): number {
    return this.#blocks * SIZE - (SIZE - this.#index)
  }

  /** A copy of where the engine stands. */
  save (): EngineState {
    return { words: this.#state.slice(), index: this.#index, position: this.position }
  }

  /** The next word, 0 to 2^32 − 1. */
  next (): number {
    if (this.#index === SIZE) this.#refill()
    return this.#block[this.#index++] as number
  }

  /** The next words, at least one and at most `limit`. The view is valid until the next call. */
  take (limit: number): Uint32Array {
    if (this.#index === SIZE) this.#refill()
    const from = this.#index
    this.#index = Math.min(SIZE, from + limit)
    return this.#block.subarray(from, this.#index)
  }

  /** Leaves out `count` words. Costs about a microsecond per 624 of them. */
  skip (count: number): void {
    const target = this.position + count
    const blocks = Math.ceil(target / SIZE)
    while (this.#blocks < blocks) { twist(this.#state); this.#blocks++ }
    this.#index = target - (blocks - 1) * SIZE
    temper(this.#state, this.#block)
  }

  #refill (): void {
    twist(this.#state)
    temper(this.#state, this.#block)
    this.#blocks++
    this.#index = 0
  }
}

function seedWords (seed: number): Uint32Array {
  const words = new Uint32Array(SIZE)
  words[0] = seed
  for (let i = 1; i < SIZE; i++) {
    const before = words[i - 1] as number
    words[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i
  }
  return words
}

function twist (words: Uint32Array): void {
  for (let i = 0; i < SIZE - SHIFT; i++) words[i] = renew(words, i, i + 1, i + SHIFT)
  for (let i = SIZE - SHIFT; i < SIZE - 1; i++) words[i] = renew(words, i, i + 1, i + SHIFT - SIZE)
  words[SIZE - 1] = renew(words, SIZE - 1, 0, SHIFT - 1)
}

function renew (words: Uint32Array, high: number, low: number, far: number): number {
  const joined = ((words[high] as number) & UPPER) | ((words[low] as number) & LOWER)
  return (words[far] as number) ^ (joined >>> 1) ^ (-(joined & 1) & 0x9908b0df)
}

function temper (words: Uint32Array, out: Uint32Array): void {
  for (let i = 0; i < SIZE; i++) {
    let y = words[i] as number
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    out[i] = y ^ (y >>> 18)
  }
}
