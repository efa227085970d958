import t from 'tap'
import fc from 'fast-check'
import { float16ToNumber, numberToFloat16 } from '../src/float16.ts'

t.test('every one of the 65,536 patterns is a number that has that pattern', async t => {
  let different = 0
  for (let half = 0; half < 65_536; half++) {
    const value = float16ToNumber(half)
    const back = numberToFloat16(value)
    if (Number.isNaN(value) ? (back & 0x7fff) <= 0x7c00 : back !== half) different++
  }
  t.equal(different, 0)
})

/** What numpy.float16(x).view(uint16) gives. */
const NUMPY: ReadonlyArray<[number, number]> = [
  [0, 0], [-0, 0x8000], [1, 0x3c00], [-2, 0xc000], [0.1, 0x2e66], [1 / 3, 0x3555], [65504, 0x7bff],
  [65519, 0x7bff], [65520, 0x7c00], [-65520, 0xfc00], [1e10, 0x7c00], [Infinity, 0x7c00],
  [-Infinity, 0xfc00], [2 ** -14, 0x0400], [2 ** -24, 0x0001], [2 ** -25, 0],
  [1.5 * 2 ** -25, 0x0001], [1.5 * 2 ** -24, 0x0002], [2.5 * 2 ** -24, 0x0002],
  [2 ** -14 - 2 ** -24, 0x03ff], [2 ** -14 - 2 ** -25, 0x0400], [-(2 ** -26), 0x8000],
  [1 + 2 ** -11, 0x3c00], [1 + 3 * 2 ** -11, 0x3c02], [1 + 2 ** -11 + 2 ** -20, 0x3c01],
  [2049, 0x6800], [2051, 0x6802]
]

for (const [value, bits] of NUMPY) {
  t.test(`${Object.is(value, -0) ? '-0' : value} is 0x${bits.toString(16)}, as in NumPy`, async t => { t.equal(numberToFloat16(value), bits) })
}

t.test('NaN is a NaN', async t => {
  t.equal(numberToFloat16(NaN) & 0x7fff, 0x7e00)
  t.ok(Number.isNaN(float16ToNumber(0x7c01)) && Number.isNaN(float16ToNumber(0xffff)))
})

t.test('a float32 becomes the nearest half, and of two as near the even one', async () => {
  const HALVES = Array.from({ length: 0x7c00 }, (_, half) => float16ToNumber(half))
  const nearest = (value: number): number => {
    let low = 0
    let high = HALVES.length - 1
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((HALVES[middle] as number) <= value) low = middle
      else high = middle
    }
    const [below, above] = [value - (HALVES[low] as number), (HALVES[high] as number) - value]
    return below < above || (below === above && low % 2 === 0) ? low : high
  }
  const halves = fc.float({ min: 0, max: 65504, noNaN: true })
  fc.assert(fc.property(halves, value => numberToFloat16(value) === nearest(value)), { numRuns: 2000 })
})
