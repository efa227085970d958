import type { MersenneTwister } from './mersenne-twister.ts'

const LARGEST_WORD = 2 ** 32 - 1

/** A random order of 0 … n−1: libstdc++'s std::shuffle with its division-and-rejection bounded integers. */
export function shuffledIndices (engine: MersenneTwister, n: number): Uint32Array {
  const order = indices(n)
  for (let i = 1; i < n; i++) swap(order, i, below(engine, i + 1))
  return order
}

/** `count` numbers below `n`, with repetition. */
export function chooseRepeating (engine: MersenneTwister, n: number, count: number): Uint32Array {
  return new Uint32Array(count).map(() => engine.next() % n)
}

/** `count` ≤ n different numbers below `n`: a partial shuffle that draws for the smaller of the chosen and the others. */
export function chooseDistinct (engine: MersenneTwister, n: number, count: number): Uint32Array {
  const order = indices(n)
  const drawn = Math.min(count, n - count)
  const split = n - drawn
  for (let i = 0; i < drawn; i++) {
    const target = engine.next() % (i + split + 1)
    if (target < split) swap(order, target, i + split)
  }
  return 2 * count < n ? order.slice(n - count) : order.slice(0, count)
}

function below (engine: MersenneTwister, bound: number): number {
  const quotient = Math.floor(LARGEST_WORD / bound)
  const past = quotient * bound
  for (;;) {
    const word = engine.next()
    if (word < past) return Math.floor(word / quotient)
  }
}

function indices (n: number): Uint32Array {
  return new Uint32Array(n).map((_, i) => i)
}

function swap (order: Uint32Array, i: number, j: number): void {
  const kept = order[i] as number
  order[i] = order[j] as number
  order[j] = kept
}
