import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { float16ToNumber, numberToFloat16 } from '../../src/float16.ts'
import { float16Text, float32Text, float64Text, int64Text } from '../../src/wire/number-text.ts'

const view = new DataView(new ArrayBuffer(4))
const float32Of = (bits: number): number => {
  view.setUint32(0, bits)
  return view.getFloat32(0)
}
const same = (a: number, b: number): boolean => Object.is(a, b)

t.test('float32 text of any finite bit pattern reads back as the same element, sign of zero included', async () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), bits => {
    const value = float32Of(bits)
    return !Number.isFinite(value) || same(Math.fround(Number(float32Text(value))), value)
  }), { numRuns: 20_000 })
})

t.test('no decimal with fewer digits reads back as the same float32', async () => {
  const digits = (text: string): number => text.replace(/e.*/, '').replace(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '').length
  fc.assert(fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), value => {
    const count = digits(float32Text(value))
    return count <= 1 || Math.fround(Number(value.toPrecision(count - 1))) !== value
  }), { numRuns: 20_000 })
})

t.test('float32 text is what NumPy prints, for every drawn and computed number of the reference data', async t => {
  const text = readFileSync(new URL('../../../test/fixtures/gluon/models.json', import.meta.url), 'utf8')
  const numbers = [...text.matchAll(/"dtype":"float32",(?:"sha256":"\w+",)?"(?:values|first)":\[([^\]"]*)\]/g)].flatMap(([, list = '']) => list.split(','))
  t.ok(numbers.length > 3000)
  const printed = (number: string): string => Object.is(Number(number), -0) ? '-0' : String(Number(number))
  const wrong = numbers.filter(number => number !== '' && float32Text(Math.fround(Number(number))) !== printed(number))
  t.same(wrong, [])
})

t.test('ties go to the even digit and the uneven gap below a power of two is used, as NumPy does', async t => {
  const printed: [number, string][] = [
    [343126.125, '343126.12'], [342577.125, '342577.12'], [2 ** -96, '1.2621775e-29'], [2 ** 87, '1.5474251e+26'], [2 ** 90, '1.2379401e+27'],
    [1e-45, '1e-45'], [3.4028234663852886e38, '3.4028235e+38'], [1.1754943508222875e-38, '1.1754944e-38'], [16777216, '16777216'], [0.1, '0.1'], [-0, '-0']
  ]
  for (const [value, text] of printed) t.equal(float32Text(Math.fround(value)), text)
})

t.test('every float16 has a text of at most five digits that reads back, and its pattern survives', async t => {
  const wrong: number[] = []
  for (let bits = 0; bits < 65536; bits++) {
    const value = float16ToNumber(bits)
    if (!Number.isFinite(value)) continue
    if (numberToFloat16(Number(float16Text(bits))) !== bits) wrong.push(bits)
  }
  t.same(wrong, [])
  t.equal(float16Text(0x2400), '0.01563')
  t.equal(float16Text(0x2000), '0.007812')
  t.equal(float16Text(0x7bff), '65500')
})

t.test('rounding to float16 is to nearest even, beyond the range an infinity', async t => {
  t.equal(numberToFloat16(65519.99), 0x7bff)
  t.equal(numberToFloat16(65520), 0x7c00)
  t.equal(numberToFloat16(2 ** -25), 0)
  t.equal(numberToFloat16(2 ** -24), 1)
  t.equal(numberToFloat16(-0), 0x8000)
  t.equal(numberToFloat16(1 + 2 ** -11), 0x3c00)
  t.equal(numberToFloat16(1 + 3 * 2 ** -11), 0x3c02)
  t.ok(Number.isNaN(float16ToNumber(numberToFloat16(NaN))))
})

t.test('non-finite numbers are the strings of the contract', async t => {
  for (const text of [float32Text, float64Text]) {
    t.same([NaN, Infinity, -Infinity].map(text), ['"NaN"', '"Infinity"', '"-Infinity"'])
  }
  t.equal(float16Text(0x7c00), '"Infinity"')
})

t.test('int64 is a number while a double holds it, a string beyond', async t => {
  t.equal(int64Text(9007199254740991n), '9007199254740991')
  t.equal(int64Text(9007199254740992n), '"9007199254740992"')
  t.equal(int64Text(-9223372036854775808n), '"-9223372036854775808"')
})
