import fc from 'fast-check'
import t from 'tap'
import { MersenneTwister } from '../../../src/nn/random/mersenne-twister.ts'

const draw = (engine: MersenneTwister, count: number): number[] => Array.from({ length: count }, () => engine.next())

t.test('the 10000th word of the default seed is the one the C++ standard names', async t => {
  t.equal(draw(new MersenneTwister(5489), 10_000).at(-1), 4123659995)
})

t.test('seeds are taken modulo 2^32', async t => {
  t.same(draw(new MersenneTwister(2 ** 32 + 7), 5), draw(new MersenneTwister(7), 5))
})

t.test('words taken in runs are the words taken one by one', async t => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { maxLength: 8 }), limits => {
    const [single, runs] = [new MersenneTwister(3), new MersenneTwister(3)]
    for (const limit of limits) {
      const words = [...runs.take(limit)]
      t.ok(words.length >= 1 && words.length <= limit)
      t.strictSame(words, draw(single, words.length))
    }
  }))
})

t.test('skipping words is drawing and dropping them', async t => {
  fc.assert(fc.property(fc.nat(3000), fc.nat(3000), (before, count) => {
    const [drawn, skipped] = [new MersenneTwister(11), new MersenneTwister(11)]
    draw(drawn, before + count)
    draw(skipped, before)
    skipped.skip(count)
    t.equal(skipped.position, before + count)
    t.strictSame(draw(skipped, 700), draw(drawn, 700))
  }))
})

t.test('an engine made from a saved state goes on with the same words', async t => {
  fc.assert(fc.property(fc.nat(2000), count => {
    const engine = new MersenneTwister(19)
    draw(engine, count)
    const copy = MersenneTwister.from(engine.save())
    t.equal(copy.position, count)
    t.strictSame(draw(copy, 700), draw(engine, 700))
  }))
})
