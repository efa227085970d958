/** IEEE 754 binary16, held as raw 16-bit patterns. A leaf. */

const view = new DataView(new ArrayBuffer(4))

/** The value of a pattern. */
export function float16ToNumber (bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = bits >> 10 & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** The pattern nearest to a value, ties to even; beyond the range an infinity. */
export function numberToFloat16 (value: number): number {
  if (Number.isNaN(value)) return 0x7e00
  view.setFloat32(0, value)
  const sign = view.getUint16(0) & 0x8000
  const magnitude = Math.abs(value)
  if (magnitude >= 65520) return sign | 0x7c00
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude)))
  const unit = 2 ** (Math.min(exponent, 15) - 10)
  const steps = roundHalfEven(magnitude / unit)
  return sign | (exponent === -14 ? steps : steps + ((Math.min(exponent, 15) + 14) << 10))
}

function roundHalfEven (value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below
}
