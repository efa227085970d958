import fc from 'fast-check'
import t from 'tap'
import { RandomStream } from '../../../src/nn/random/stream.ts'
import { bytesOf, hostTensor, zeros, type HostTensor } from '../../../src/tensor.ts'

const numbers = (tensor: HostTensor): number[] => Array.from(tensor.data as Float32Array, Number)
const floats = (...values: number[]): number[] => values.map(Math.fround)
const first = (stream: RandomStream, count = 4): number[] => numbers(stream.uniform(0, 1, [count]))

t.test('a fresh stream draws what a fresh MXNet draws', async t => {
  t.strictSame(first(new RandomStream(), 10), floats(
    0.5488135, 0.5928446, 0.71518934, 0.84426576, 0.60276335, 0.8579456, 0.5448832, 0.8472517, 0.4236548, 0.6235637
  ))
})

t.test('seed 128 gives the numbers of MXNet\'s manual', async t => {
  t.strictSame(numbers(new RandomStream(128).normal(0, 1, [4])), floats(0.47400656, -0.75213492, 0.20251541, 0.95352972))
})

t.test('without a shape a draw is a scalar', async t => {
  const stream = new RandomStream()
  t.strictSame(stream.uniform(), hostTensor('float32', [], Float32Array.of(0.5488135)))
  t.strictSame(stream.randint(5).shape, [])
  t.strictSame(stream.choice(3).shape, [])
})

t.test('seeding again starts both generators afresh', async t => {
  const [stream, fresh] = [new RandomStream(3), new RandomStream(7)]
  first(stream)
  stream.randint(100, null, [5])
  stream.seed(7)
  t.strictSame([first(stream), numbers(stream.ndUniform(0, 1, [70]))], [first(fresh), numbers(fresh.ndUniform(0, 1, [70]))])
})

t.test('seeds count modulo 2^32 after they are multiplied by 127, also large and negative ones', async t => {
  const base = (seed: number): number => Number(BigInt.asUintN(32, 127n * BigInt(seed)))
  fc.assert(fc.property(fc.maxSafeInteger(), seed => {
    const direct = new RandomStream()
    direct.seed(base(seed), { ctx: true })
    t.strictSame(first(direct), first(new RandomStream(seed)))
  }), { numRuns: 30 })
})

t.test('draws of the parallel generator leave the NumPy-mode generator alone', async t => {
  const stream = new RandomStream(5)
  stream.randint(0, 9, [100])
  stream.dropoutMask(0.5, [100])
  stream.ndNormal(0, 1, [100])
  t.strictSame(first(stream), first(new RandomStream(5)))
})

t.test('in nd mode plain draws come from the parallel generator', async t => {
  const [nd, np] = [new RandomStream(5), new RandomStream(5)]
  nd.mode = 'nd'
  t.strictSame(nd.uniform(-1, 1, [300]), np.ndUniform(-1, 1, [300]))
  t.strictSame(nd.normal(0, 2, [300]), np.ndNormal(0, 2, [300]))
})

t.test('no draw reaches the end of its interval', async t => {
  const values = numbers(new RandomStream(1).uniform(0, 1, [200_000]))
  t.ok(values.every(value => value >= 0 && value < 1))
})

t.test('an odd count of normals drops the spare of the last pair', async t => {
  const [odd, even] = [new RandomStream(2), new RandomStream(2)]
  const [three, four] = [odd.normal(0, 1, [3]), even.normal(0, 1, [4])]
  t.strictSame(numbers(three), numbers(four).slice(0, 3))
  t.strictSame(first(odd), first(even))
})

t.test('large integer ranges and small ones follow the same rule', async t => {
  const [small, large] = [new RandomStream(4), new RandomStream(4)]
  const wide = large.randint(0, 2 ** 30 * 100, [50]).data as BigInt64Array
  t.strictSame(small.randint(0, 100, [50]).data, wide.map(value => value % 100n))
})

t.test('shuffle permutes rows as a whole', async t => {
  const rows = hostTensor('int32', [50, 2], Int32Array.from({ length: 100 }, (_, i) => i))
  const { shape, data } = new RandomStream(9).shuffle(rows)
  const pairs = Array.from({ length: 50 }, (_, i) => [...(data as Int32Array).slice(2 * i, 2 * i + 2)])
  t.strictSame(shape, [50, 2])
  t.ok(pairs.every(([a, b]) => (a as number) % 2 === 0 && b === (a as number) + 1), 'rows stay whole')
  t.strictSame(pairs.map(([a]) => a as number).sort((a, b) => a - b), Array.from({ length: 50 }, (_, i) => 2 * i), 'each row is there once')
  t.not(pairs[0]?.[0], 0)
})

t.test('choice without replacement never repeats and covers everything when all are chosen', async t => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), (n, seed) => {
    const size = seed % n + 1
    const chosen = numbers(new RandomStream(seed).choice(n, { size, replace: false }))
    return chosen.length === size && new Set(chosen).size === size && chosen.every(value => value >= 0 && value < n)
  }))
  t.pass()
})

t.test('choice from a vector gives its elements in their dtype', async t => {
  const from = hostTensor('float64', [3], Float64Array.of(1.5, 2.5, 3.5))
  const chosen = new RandomStream(1).choice(from, { size: [2, 3], p: [0, 1, 0] })
  t.strictSame(chosen, hostTensor('float64', [2, 3], new Float64Array(6).fill(2.5)))
})

t.test('a dropout mask keeps about 1 − rate and scales what it keeps', async t => {
  const mask = numbers(new RandomStream(1).dropoutMask(0.2, [100, 100]))
  const kept = mask.filter(value => value !== 0)
  t.ok(kept.every(value => value === Math.fround(1 / Math.fround(0.8))))
  t.ok(Math.abs(kept.length / 10_000 - 0.8) < 0.02)
  t.ok(numbers(new RandomStream(1).dropoutMask(1, [10])).every(value => value === 0))
})

const DRAWS: ReadonlyArray<(stream: RandomStream, count: number) => HostTensor> = [
  (stream, count) => stream.uniform(-1, 1, [count]),
  (stream, count) => stream.normal(0, 1, [count]),
  (stream, count) => stream.ndUniform(0, 1, [count * 40]),
  (stream, count) => stream.ndNormal(0, 1, [count]),
  (stream, count) => stream.randint(-50, 50, [count]),
  (stream, count) => stream.dropoutMask(0.3, [count * 10]),
  (stream, count) => stream.shuffle(zeros('uint8', [count + 1])),
  (stream, count) => stream.choice(count + 1, { size: count, replace: false }),
  (stream, count) => stream.gumbel(0, 1, [count])
]
const program = fc.array(fc.tuple(fc.nat(DRAWS.length - 1), fc.integer({ min: 0, max: 700 })), { maxLength: 6 })
const run = (stream: RandomStream, steps: ReadonlyArray<[number, number]>): Buffer[] =>
  steps.map(([which, count]) => Buffer.from(bytesOf((DRAWS[which] as typeof DRAWS[0])(stream, count))))

t.test('a restored stream goes on bit for bit, whatever was drawn before and is drawn after', async t => {
  fc.assert(fc.property(fc.integer(), fc.boolean(), program, program, (seed, nd, before, after) => {
    const stream = new RandomStream(seed)
    stream.mode = nd ? 'nd' : 'np'
    run(stream, before)
    const restored = RandomStream.restore(stream.save())
    const twice = RandomStream.restore(restored.save())
    const expected = run(stream, after)
    t.strictSame(run(restored, after), expected)
    t.strictSame(run(twice, after), expected, 'also when it was saved before its engines were used')
  }), { numRuns: 60 })
})

t.test('an engine that gave more words than are replayed is restored from its whole state', async t => {
  const stream = new RandomStream(1)
  for (let i = 0; i <= 2 ** 20 / 64; i++) stream.ndUniform(0, 1, [64])
  const saved = stream.save()
  t.ok(saved.length > 2 * 2496)
  t.strictSame(RandomStream.restore(saved).ndUniform(0, 1, [900]), stream.ndUniform(0, 1, [900]))
})

t.test('saving stays small: the NumPy-mode generator whole, a few bytes for each parallel engine that was used', async t => {
  const stream = new RandomStream(1)
  first(stream, 10_000)
  t.equal(stream.save().length, 2524)
  stream.dropoutMask(0.5, [1_000_000])
  t.equal(stream.save().length, 2524 + 1024 * 12)
})

t.test('a damaged save is refused', async t => {
  const stream = new RandomStream(1)
  stream.randint(0, 9, [100])
  const saved = stream.save()
  const cut = [new Uint8Array(0), saved.slice(0, 100), saved.slice(0, -1)]
  const damaged = [...cut, Uint8Array.of(...saved, 0), saved.with(0, 9), saved.with(4, 9)]
  for (const bytes of damaged) t.throws(() => RandomStream.restore(bytes), { code: 'invalid_file' })
})

const MISTAKES: ReadonlyArray<readonly [string, (stream: RandomStream) => unknown, RegExp]> = [
  ['a seed that is no integer', stream => stream.seed(1.5), /random\.seed: the seed must be an integer, received 1\.5/],
  ['a negative scale', stream => stream.normal(0, -1), /random\.normal: the scale must not be negative, received -1/],
  ['an integer dtype for uniform', stream => stream.uniform(0, 1, [2], 'int32'), /must be float16, float32 or float64, received int32/],
  ['an empty range', stream => stream.randint(3, 3), /low must be an integer below high, received 3 and 3/],
  ['a floating dtype for randint', stream => stream.randint(0, 3, [1], 'float32'), /must be int64 or int32/],
  ['a shuffle of a scalar', stream => stream.shuffle(zeros('float32', [])), /a scalar has no rows/],
  ['a choice from a matrix', stream => stream.choice(zeros('float32', [2, 2])), /must be a vector, received shape \(2, 2\)/],
  ['a choice from nothing', stream => stream.choice(0), /at least one element/],
  ['more different elements than there are', stream => stream.choice(3, { size: 4, replace: false }), /4 different elements cannot be/],
  ['probabilities without replacement', stream => stream.choice(2, { p: [1, 0], replace: false }), /replace: true only/],
  ['too few probabilities', stream => stream.choice(3, { p: [1, 0] }), /must have 3 probabilities, received 2/],
  ['a negative probability', stream => stream.choice(2, { p: [2, -1] }), /must not be negative/],
  ['a dropout rate above 1', stream => stream.dropoutMask(1.1, [1]), /from 0 to 1, received 1\.1/],
  ['a shape parameter of 0', stream => stream.pareto(0, [1]), /must be positive, received 0/]
]
for (const [what, act, message] of MISTAKES) {
  t.test(`${what} is refused and moves nothing`, async t => {
    const stream = new RandomStream(1)
    t.throws(() => act(stream), { code: 'random_option', message })
    t.strictSame(first(stream), first(new RandomStream(1)))
  })
}
