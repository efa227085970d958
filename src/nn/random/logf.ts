/**
 * The natural logarithm of a float32 as glibc ≥ 2.28 computes it on x86-64. It is within 0.82 units of the last place and
 * not correctly rounded, so normal draws that must agree bit for bit cannot use Math.log. Constants: ARM optimized routines, logf.
 */

const INVERSES = Float64Array.of(
  1.398907162146528, 1.3403141896637998, 1.286432210124115, 1.2367150214269895, 1.1906977166711752, 1.1479821020556429,
  1.1082251448272158, 1.0711297413057381, 1.036437278977283, 1, 0.9492859795739057, 0.8951049428609004, 0.8476821620351103,
  0.8050314851692001, 0.7664671008843108, 0.731428603316328
)
const LOGS = INVERSES.map(inverse => -Math.log(inverse))
const A0 = -0.25089342214237154
const A1 = 0.333456765744066
const A2 = -0.4999997485802103

const OFFSET = 0x3f330000
const EXPONENT = 0xff800000 | 0
const SMALLEST_NORMAL = 2 ** -126
const SUBNORMAL_SHIFT = 23

const float = new Float32Array(1)
const bits = new Int32Array(float.buffer)

/** ln x for a float32 `x`, as a float32. Zero gives −Infinity, negative numbers NaN. */
export function logf (x: number): number {
  if (!(x >= SMALLEST_NORMAL && x < Infinity)) return special(x)
  return Math.fround(logOfNormal(x, 0))
}

function special (x: number): number {
  if (!(x > 0) || x === Infinity) return Math.log(x)
  return Math.fround(logOfNormal(x * 2 ** SUBNORMAL_SHIFT, -SUBNORMAL_SHIFT))
}

/** x = 2^k · z with z in the sixteen intervals around 1: ln x = k ln 2 + ln c + ln(z / c), the last by a polynomial. */
function logOfNormal (x: number, exponent: number): number {
  float[0] = x
  const word = bits[0] as number
  const offset = word - OFFSET | 0
  const i = (offset >>> 19) & 15
  bits[0] = word - (offset & EXPONENT)
  const r = (float[0] as number) * (INVERSES[i] as number) - 1
  const y0 = (LOGS[i] as number) + ((offset >> 23) + exponent) * Math.LN2
  const r2 = r * r
  return ((A1 * r + A2) + A0 * r2) * r2 + (y0 + r)
}
