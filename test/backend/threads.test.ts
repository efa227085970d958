import fc from 'fast-check'
import t from 'tap'
import { coresOf, suggestedThreads, suitableThreads } from '../../src/backend/threads.ts'

const MILLION = 2 ** 20

t.test('small models are computed by one thread, large ones by as many as get 2^25 multiply-adds each', async t => {
  const on64 = (millions: number): number => suitableThreads(millions * MILLION, 64).value
  t.same([0, 1, 32, 63, 64, 95, 96, 320, 1e6].map(on64), [1, 1, 1, 1, 2, 2, 3, 10, 64])
})

t.test('more work never wants fewer threads, and there are never more than cores', async () => {
  fc.assert(fc.property(fc.nat(2 ** 31 - 1), fc.nat(2 ** 31 - 1), fc.integer({ min: 1, max: 256 }), (a, b, cores) => {
    const [less, more] = [Math.min(a, b), Math.max(a, b)].map(work => suitableThreads(work, cores).value) as [number, number]
    return less <= more && more <= cores && less >= 1
  }))
})

t.test('the reason tells what decided', async t => {
  t.match(suitableThreads(0, 2).reason, /^auto: no model /)
  t.match(suitableThreads(100e6, 2).reason, /largest operation of the models has 100 million multiply-adds.*every 33\.6 million/)
})

t.test('engines share the cores, and WASM leaves one to the front process', async t => {
  t.same([1, 2, 3, 8].map(cores => coresOf(cores, 1)), [[1, 1], [2, 1], [3, 2], [8, 7]].map(([native, wasm]) => ({ native, wasm })))
  t.same(coresOf(8, 3), { native: 2, wasm: 2 })
  t.same(coresOf(2, 8), { native: 1, wasm: 1 })
  t.match(suggestedThreads(1e9, coresOf(4, 1)), { native: { value: 4, reason: /one per core$/ }, wasm: { value: 3, reason: /one per core but one$/ } })
})
