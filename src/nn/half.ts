/** IEEE 754 binary16 ⇄ number. Rounds to nearest, ties to even. */

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** The 16 bits of the binary16 nearest to `value`. */
export function toHalf (value: number): number {
  float[0] = value
  const word = bits[0] as number
  const sign = (word >>> 16) & 0x8000
  const magnitude = word & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  if (magnitude >= 0x38800000) return sign | roundShift(magnitude - 0x38000000, 13)
  const exponent = magnitude >>> 23
  if (exponent < 102) return sign
  return sign | roundShift((magnitude & 0x7fffff) | 0x800000, 126 - exponent)
}

/** The number that 16 bits of binary16 stand for. */
export function fromHalf (half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >>> 10) & 31
  const fraction = half & 1023
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}

function roundShift (value: number, shift: number): number {
  const half = 2 ** (shift - 1)
  const rest = value % (2 * half)
  const quotient = Math.floor(value / (2 * half))
  return rest > half || (rest === half && quotient % 2 === 1) ? quotient + 1 : quotient
}
