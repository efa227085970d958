/** How many threads should share one operation. docs/adr/0004-native-backend.md has TensorFlow's measurements, 0003 beside it WASM's. */
import type { SuggestedThreads, ThreadChoice } from './opened.ts'

/** Multiply-adds that keep one thread busy for about a millisecond. Less is not worth handing over to another. */
const PER_THREAD = 2 ** 25

/**
 * The threads that suit models whose largest operation has `work` multiply-adds, on a machine of so many cores. One, unless every thread
 * gets a good share: handing an operation over takes 25 to 60 µs, which triples the time of a small network.
 */
export function suitableThreads (work: number, cores: number, bound = 'one per core'): ThreadChoice {
  const value = Math.max(1, Math.min(cores, Math.floor(work / PER_THREAD)))
  const largest = work === 0 ? 'no model is known to multiply yet' : `the largest operation of the models has ${millions(work)} million multiply-adds`
  return { value, reason: `auto: ${largest}, and a thread is worth its while for every ${millions(PER_THREAD)} million, at most ${bound}` }
}

const millions = (count: number): string => String(Math.round(count / 1e5) / 10)

type Cores = Readonly<Record<keyof SuggestedThreads, number>>

/**
 * The cores that each of so many engines may take. WASM leaves one to the front process: an operation of its waits for all of its threads,
 * some milliseconds for one whose core is taken.
 */
export function coresOf (parallelism: number, engines: number): Cores {
  const share = (cores: number): number => Math.max(1, Math.floor(cores / engines))
  return { native: share(parallelism), wasm: share(parallelism - 1) }
}

export const suggestedThreads = (work: number, cores: Cores): SuggestedThreads => ({
  native: suitableThreads(work, cores.native), wasm: suitableThreads(work, cores.wasm, 'one per core but one')
})
