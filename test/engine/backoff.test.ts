import fc from 'fast-check'
import t from 'tap'
import { backoffMs } from '../../src/engine/backoff.ts'

const options = { firstMs: 100, mostMs: 10_000 }

t.test('the wait doubles with each failure in a row and stops at its bound', async t => {
  const waits = [1, 2, 3, 4, 7, 8, 100, 5000].map(failures => backoffMs(failures, options, () => 1))
  t.same(waits, [100, 200, 400, 800, 6400, 10_000, 10_000, 10_000])
})

t.test('jitter takes away up to half of the wait', async () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 200 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
    const wait = backoffMs(failures, options, () => random)
    const whole = backoffMs(failures, options, () => 1)
    return wait >= whole / 2 && wait <= whole
  }))
})
