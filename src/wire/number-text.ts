/**
 * Numbers as JSON text: the shortest decimal that reads back as the same element, which is what NumPy prints.
 * The digits are found in float64 arithmetic: m / 10^k with m of at most 9 digits and k of at most 22 is the double nearest to
 * that decimal, and String gives exactly its digits back.
 */
import { float16ToNumber, numberToFloat16 } from '../float16.ts'

const POWERS = Array.from({ length: 23 }, (_, k) => Number(`1e${k}`))
type Round = (value: number) => number

const NON_FINITE = { NaN: '"NaN"', Infinity: '"Infinity"', '-Infinity': '"-Infinity"' } as const

/** Text of a float64. */
export function float64Text (value: number): string {
  if (value - value !== 0) return NON_FINITE[String(value) as keyof typeof NON_FINITE]
  return value === 0 && 1 / value < 0 ? '-0' : String(value)
}

/** Text of a float32 value. */
export function float32Text (value: number): string {
  if (value - value !== 0 || (Number.isInteger(value) && Math.abs(value) < 1e7)) return float64Text(value)
  const magnitude = Math.abs(value)
  return magnitude > 1e-13 && magnitude < 1e21 ? shortText(value, magnitude, Math.fround) : shortest(value)
}

/** From 8 significant digits down while fewer suffice, then up while more are needed: mostly two or three tries. */
function shortText (value: number, magnitude: number, round: Round): string {
  let scale = 8 - Math.ceil(Math.log10(magnitude))
  let best = decimalAt(value, scale, round)
  for (let fewer = best; fewer !== undefined; fewer = decimalAt(value, --scale, round)) best = fewer
  while (best === undefined) best = decimalAt(value, ++scale, round)
  return String(best)
}

/** A decimal with `scale` digits behind the point that reads back as the value: the nearest, or (above powers of two) the next one out. */
function decimalAt (value: number, scale: number, round: Round): number | undefined {
  const steps = roundHalfEven(scaled(value, scale))
  const nearest = scaled(steps, -scale)
  if (round(nearest) === value) return nearest
  const outer = scaled(steps + Math.sign(value), -scale)
  return round(outer) === value ? outer : undefined
}

const scaled = (value: number, scale: number): number => scale >= 0 ? value * POWERS[scale]! : value / POWERS[-scale]!

function roundHalfEven (value: number): number {
  const nearest = Math.round(value)
  return nearest - value === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest
}

/** The same by way of text, for the very large and small, which the powers above cannot serve. */
function shortest (value: number): string {
  for (let digits = 1; digits <= 9; digits++) {
    const [mantissa = '', exponent = ''] = value.toExponential(digits - 1).split('e')
    const steps = Number(mantissa.replace('.', ''))
    const decimals = [steps, steps + Math.sign(value)].map(count => Number(`${count}e${Number(exponent) - digits + 1}`))
    const found = decimals.find(decimal => Math.fround(decimal) === value)
    if (found !== undefined) return String(found)
  }
  return String(value)
}

const roundFloat16 = (value: number): number => float16ToNumber(numberToFloat16(value))
const float16Texts: string[] = []

/** Text of a float16 bit pattern. */
export function float16Text (bits: number): string {
  float16Texts[bits] ??= findFloat16Text(float16ToNumber(bits))
  return float16Texts[bits]
}

const findFloat16Text = (value: number): string =>
  value - value !== 0 || value === 0 ? float64Text(value) : shortText(value, Math.abs(value), roundFloat16)

/** Text of an int64: a string where a JSON number would lose digits in readers that use doubles. */
export function int64Text (value: bigint): string {
  const exact = value >= -9007199254740991n && value <= 9007199254740991n
  return exact ? String(value) : `"${value}"`
}
