import { logf } from './logf.ts'
import type { MersenneTwister } from './mersenne-twister.ts'

const TO_UNIT = 2 ** -32
const BELOW_ONE = 1 - 2 ** -24

/** The float32 in [0, 1) that libstdc++ makes of one word. */
export const unitOf = (word: number): number => Math.min(Math.fround(word * TO_UNIT), BELOW_ONE)

/** A float32 from U(−1, 1), for the polar method. */
const signedUnit = (engine: MersenneTwister): number => Math.fround(2 * unitOf(engine.next()) - 1)

/** Fills `out[start, end)` from U[low, high), one word each, computed in float32 throughout. */
export function fillUniform (engine: MersenneTwister, out: Float32Array, start: number, end: number, low: number, high: number): void {
  const base = Math.fround(low)
  const range = Math.fround(Math.fround(high) - base)
  for (let i = start; i < end;) {
    const words = engine.take(end - i)
    for (let j = 0; j < words.length; j++) out[i++] = base + Math.fround(unitOf(words[j] as number) * range)
  }
}

/**
 * Fills `out[start, end)` from N(loc, scale²) with Marsaglia's polar method as libstdc++ has it: pairs in the order y, x; with
 * an odd count the last spare is dropped. Computed in float32 throughout.
 */
export function fillNormal (engine: MersenneTwister, out: Float32Array, start: number, end: number, loc: number, scale: number): void {
  const mean = Math.fround(loc)
  const deviation = Math.fround(scale)
  for (let i = start; i < end; i += 2) {
    const { first, spare } = polar(engine)
    out[i] = mean + Math.fround(first * deviation)
    if (i + 1 < end) out[i + 1] = mean + Math.fround(spare * deviation)
  }
}

/** As `fillNormal`, with a new pair for every value; the spare is always dropped. */
export function fillUnpaired (engine: MersenneTwister, out: Float32Array, start: number, end: number, loc: number, scale: number): void {
  const mean = Math.fround(loc)
  const deviation = Math.fround(scale)
  for (let i = start; i < end; i++) out[i] = mean + Math.fround(polar(engine).first * deviation)
}

function polar (engine: MersenneTwister): { readonly first: number, readonly spare: number } {
  for (;;) {
    const x = signedUnit(engine)
    const y = signedUnit(engine)
    const r2 = Math.fround(Math.fround(x * x) + Math.fround(y * y))
    if (r2 > 1 || r2 === 0) continue
    const factor = Math.fround(Math.sqrt(Math.fround(-2 * logf(r2) / r2)))
    return { first: Math.fround(y * factor), spare: Math.fround(x * factor) }
  }
}
