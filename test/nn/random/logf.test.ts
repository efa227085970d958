import fc from 'fast-check'
import t from 'tap'
import { logf } from '../../../src/nn/random/logf.ts'

const bits = new Uint32Array(1)
const float = new Float32Array(bits.buffer)

function floatOf (word: number): number {
  bits[0] = word
  return float[0] as number
}

function wordOf (value: number): number {
  float[0] = value
  return bits[0] as number
}

/** Arguments and results of glibc 2.36's logf as bits: ends of ranges, thirty whose result is not the nearest float32, and others. */
const GLIBC = [
  [0x00000001, 0xc2ce8ed0], [0x007fffff, 0xc2aeac50], [0x00800000, 0xc2aeac50], [0x3f800000, 0x00000000], [0x3f7fffff, 0xb3800000],
  [0x3f800001, 0x33ffffff], [0x7f7fffff, 0x42b17218], [0x3f000000, 0xbf317218], [0x3f330000, 0xbeb73077], [0x3f32ffff, 0xbeb7307a],
  [0x3f129c8c, 0xbf0eb130], [0x3e7a6beb, 0xbfb44407], [0x36821a74, 0xc1475d98], [0x3ec24e20, 0xbf78097a], [0x3f7cb65d, 0xbc53c59e],
  [0x3ba1e053, 0xc0a9ee98], [0x397d1444, 0xc1054493], [0x353c5921, 0xc162b79f], [0x3f7afe84, 0xbca1c5bb], [0x3f6c0be0, 0xbda63181],
  [0x3f71b9f7, 0xbd6afdad], [0x3f63d278, 0xbdeed260], [0x39d93610, 0xc0f93ee2], [0x3f210c1b, 0xbeed4d2c], [0x3ccae123, 0xc06cb0f8],
  [0x3f728a66, 0xbd5d37c0], [0x3cd9cc6a, 0xc0682663], [0x3f70404a, 0xbd820875], [0x3e3b054a, 0xbfd9a1e2], [0x3f7c5cdb, 0xbc6a74a9],
  [0x3ee33d90, 0xbf4ff3ee], [0x3f1409ab, 0xbf0c36ba], [0x3b1c4520, 0xc0c13d9a], [0x3f72ff8a, 0xbd557f5b], [0x3caa5a3c, 0xc077dff2],
  [0x3cfa1824, 0xc05f4d02], [0x377a53ad, 0xc131cde2], [0x3f7b362e, 0xbc9aadbf], [0x34299b48, 0xc17a932f], [0x3f12f3bc, 0xbf0e1920],
  [0x42ce8805, 0x409464cd], [0x47a4bc62, 0x41357b91], [0x4c9d4001, 0x4191d231], [0x263d6031, 0xc20bd5d1], [0x4c286e38, 0x418cd34c],
  [0x2587c94e, 0xc20ff03b], [0x5e569bc8, 0x422b31ef], [0x5dcd784c, 0x42283f97], [0x0688071d, 0xc29dea78], [0x04d45adf, 0xc2a291fe],
  [0x6297d92b, 0x4242c3be], [0x51b2b83a, 0x41ca4bf4], [0x7f5056a1, 0x42b1089d], [0x249c51a1, 0xc214eb9a], [0x73b85d61, 0x4290e786],
  [0x42666bdb, 0x4081b737], [0x3629db36, 0xc14e30a3], [0x74e30e04, 0x429417f1], [0x471cd05c, 0x41299a92], [0x1fa171e3, 0xc2308464]
] as const

t.test('logf gives the bits of the C library, also where they are not the nearest', async t => {
  const found = GLIBC.map(([x]) => [x, wordOf(logf(floatOf(x)))])
  t.strictSame(found, GLIBC)
  const differing = GLIBC.filter(([x, result]) => wordOf(Math.log(floatOf(x))) !== result)
  t.ok(differing.length >= 30, 'the table tells logf from a correctly rounded logarithm')
})

t.test('logf is within one unit of the last place of the logarithm for every positive float32', async t => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 0x7f7fffff }), word => {
    const x = floatOf(word)
    const [got, nearest] = [wordOf(logf(x)), wordOf(Math.log(x))]
    return Math.abs(got - nearest) <= 1
  }), { numRuns: 2000 })
  t.pass()
})

t.test('logf of what has no finite logarithm', async t => {
  t.strictSame([0, -0, Infinity, -1, NaN].map(logf), [-Infinity, -Infinity, Infinity, NaN, NaN])
})
