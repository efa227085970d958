import fc from 'fast-check'
import t from 'tap'
import {
  Bilinear, Constant, LSTMBias, MSRAPrelu, Normal, Orthogonal, Xavier, type Initializer
} from '../../../src/nn/initializers/index.ts'
import { RandomStream } from '../../../src/nn/random/stream.ts'
import { sizeOf } from '../../../src/tensor.ts'

function fill (initializer: Initializer, shape: number[], random = new RandomStream(0)): number[] {
  const data = new Float32Array(sizeOf(shape)).fill(9)
  initializer.init_weight('net_w', { shape, dtype: 'float32', data }, random)
  return [...data]
}

t.test('a constant array broadcasts to the shape of the parameter', async t => {
  t.strictSame(fill(new Constant({ value: 3 }), [2, 2]), [3, 3, 3, 3])
  t.strictSame(fill(new Constant({ value: [1, 2] }), [2, 2]), [1, 2, 1, 2])
  t.strictSame(fill(new Constant({ value: [[1], [2]] }), [2, 3]), [1, 1, 1, 2, 2, 2])
  t.strictSame(fill(new Constant({ value: [[[1]], [[2]]] }), [2, 2, 2]), [1, 1, 1, 1, 2, 2, 2, 2])
  t.equal(fill(new Constant({ value: 5 }), [])[0], 5)
})

t.test('numbers of a constant array are written as the float32 they become', async t => {
  t.equal(new Constant({ value: [0.1, 2] }).dumps(), '["constant", {"value": [0.10000000149011612, 2.0]}]')
  t.equal(new Constant({ value: 0.1 }).dumps(), '["constant", {"value": 0.1}]')
})

t.test('a constant that is no array of numbers, or does not fit, is refused', async t => {
  const option = { code: 'initializer_option' }
  for (const value of ['3', [1, '2'], [[1, 2], [3]], [[1], 2], [1, [2]], {}] as never[]) t.throws(() => new Constant({ value }), option)
  t.throws(() => fill(new Constant({ value: [1, 2, 3] }), [2, 2]), { ...option, message: /value of shape \(3,\) does not fit 'net_w' of shape \(2, 2\)/ })
  t.throws(() => fill(new Constant({ value: [[1]] }), [1]), option)
})

t.test('Xavier and MSRAPrelu need two dimensions', async t => {
  for (const initializer of [new Xavier(), new MSRAPrelu()]) {
    t.throws(() => fill(initializer, [3]), { code: 'initializer_shape', kind: 'ValueError', message: /'net_w' of shape \(3,\)/ })
  }
})

t.test('unknown words are refused when the initializer draws, not before', async t => {
  const foo = 'foo' as never
  for (const initializer of [new Xavier({ rnd_type: foo }), new Xavier({ factor_type: foo }), new MSRAPrelu({ factor_type: foo })]) {
    t.throws(() => fill(initializer, [2, 2]), { code: 'initializer_option', message: /_type is one of .*; received 'foo'/ })
  }
  t.throws(() => fill(new Orthogonal({ rand_type: foo }), [2, 2]), { code: 'initializer_option' })
  t.throws(() => fill(new Normal({ sigma: -1 }), [2]), { code: 'random_option' })
})

t.test('Bilinear needs four dimensions', async t => {
  t.throws(() => fill(new Bilinear(), [2, 2]), { code: 'initializer_option', message: /must have 4 dimensions, received shape \(2, 2\)/ })
})

t.test('LSTMBias sets the second quarter', async t => {
  t.strictSame(fill(new LSTMBias({ forget_bias: 2 }), [8]), [0, 0, 2, 2, 0, 0, 0, 0])
})

t.test('Orthogonal gives orthogonal rows or columns of the asked length, for every shape', async t => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.integer(), (rows, columns, seed) => {
    const weight = fill(new Orthogonal({ scale: 2 }), [rows, columns], new RandomStream(seed))
    const vectors = rows >= columns
      ? Array.from({ length: columns }, (_, j) => weight.filter((_, i) => i % columns === j))
      : Array.from({ length: rows }, (_, i) => weight.slice(i * columns, (i + 1) * columns))
    const dot = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)
    return vectors.every((a, i) => vectors.every((b, j) => Math.abs(dot(a, b) - (i === j ? 4 : 0)) < 1e-5))
  }), { numRuns: 60 })
  t.pass()
})

t.test('Orthogonal leaves the NumPy-mode generator alone', async t => {
  const random = new RandomStream(0)
  fill(new Orthogonal(), [5, 4], random)
  t.strictSame(random.uniform(), new RandomStream(0).uniform())
})
