import t from 'tap'
import fc from 'fast-check'
import { statistics } from '../../src/runtime/statistics.ts'
import { hostTensor } from '../../src/tensor.ts'
import { numberToFloat16 } from '../../src/float16.ts'

const of = (bins: number, ...values: number[]): ReturnType<typeof statistics> =>
  statistics(hostTensor('float64', [values.length], Float64Array.from(values)), bins)

/** values, bins, and what numpy.histogram gives: counts, edges. */
const NUMPY: ReadonlyArray<[number[], number, number[], number[]]> = [
  [[1, 2, 1], 3, [2, 0, 1], [1, 4 / 3, 5 / 3, 2]],
  [[0, 1, 2, 3, 4], 4, [1, 1, 1, 2], [0, 1, 2, 3, 4]],
  [[-1, 0, 1], 2, [1, 2], [-1, 0, 1]],
  [[5, 5, 5], 2, [0, 3], [4.5, 5, 5.5]],
  [[], 2, [0, 0], [0, 0.5, 1]],
  [[7], 1, [1], [6.5, 7.5]]
]

for (const [values, bins, counts, edges] of NUMPY) {
  t.test(`the histogram of [${values.join(', ')}] in ${bins} bins is NumPy's`, async t => {
    const { histogram } = of(bins, ...values)
    t.same(histogram.counts, counts)
    t.equal(histogram.edges.length, edges.length)
    t.ok(histogram.edges.every((edge, i) => Math.abs(edge - (edges[i] as number)) < 1e-12), String(histogram.edges))
  })
}

t.test('each value is counted in the bin between whose edges it lies', async () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 })
  fc.assert(fc.property(values, fc.integer({ min: 1, max: 30 }), (values, bins) => {
    const { edges, counts } = of(bins, ...values).histogram
    const wanted = counts.map((_, i) => values.filter(value =>
      value >= (edges[i] as number) && (i === bins - 1 ? value <= (edges[i + 1] as number) : value < (edges[i + 1] as number))).length)
    return wanted.every((count, i) => count === counts[i])
  }))
})

t.test('the histogram of any finite values has finite edges and counts every value once', async () => {
  const double = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })
  const most = Number.MAX_VALUE
  for (const value of [double(-most, most), double(-1e-320, 1e-320), double(1e300, most)]) {
    fc.assert(fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 30 }), (values, bins) => {
      const { edges, counts } = of(bins, ...values).histogram
      return edges.every(Number.isFinite) && counts.reduce((sum, count) => sum + count, 0) === values.length
    }))
  }
})

t.test('range, mean, deviation, norm and zeros are those of the values', async t => {
  const found = of(1, 3, -4, 0, -0, 1)
  t.match(found, { count: 5, min: -4, max: 3, mean: 0, norm: Math.sqrt(26), zeros: 2, non_finite: 0 })
  t.ok(Math.abs((found.std as number) - Math.sqrt(26 / 5)) < 1e-12, 'the population\'s')
})

t.test('what is not finite is counted and left out of the rest', async t => {
  t.match(of(2, NaN, 1, Infinity, 3, -Infinity), { count: 5, non_finite: 3, min: 1, max: 3, mean: 2, histogram: { counts: [1, 1] } })
  const nothing = { min: null, max: null, mean: null, std: null, norm: null }
  t.match(of(2, NaN, Infinity), { ...nothing, count: 2, non_finite: 2, histogram: { counts: [0, 0] } })
  t.match(of(1), { count: 0, min: null, zeros: 0 })
})

t.test('every dtype is measured as numbers', async t => {
  const halves = Uint16Array.from([-2, 6], numberToFloat16)
  t.match(statistics(hostTensor('float16', [2], halves), 1), { dtype: 'float16', mean: 2, min: -2 })
  t.match(statistics(hostTensor('int64', [1, 2], BigInt64Array.of(-5n, 9n)), 1), { shape: [1, 2], mean: 2, max: 9 })
  t.match(statistics(hostTensor('bool', [3], Uint8Array.of(0, 1, 1)), 2), { zeros: 1, histogram: { counts: [1, 2] } })
})

t.test('values near the largest float64 do not overflow what is told of them', async t => {
  const huge = statistics(hostTensor('float64', [4], Float64Array.of(-1.5e308, 1.5e308, 1.5e308, -1.5e308)), 2)
  t.match(huge, { min: -1.5e308, max: 1.5e308, mean: 0, std: 1.5e308, norm: null })
  t.same(huge.histogram, { edges: [-1.5e308, 0, 1.5e308], counts: [2, 2] })
  const same = statistics(hostTensor('float64', [2], Float64Array.of(1e300, 1e300)), 4)
  t.same(same.histogram.counts, [0, 0, 2, 0])
})
