import t from 'tap'
import fc from 'fast-check'
import * as tf from '@tensorflow/tfjs-core'
import { openWasm } from '../../wasm.ts'
import { difference, fullShapes, read, readOn, seeds, tensor, type Compute } from '../tensors.ts'

await openWasm()

async function same (compute: Compute): Promise<void> {
  const found = difference(await readOn('wasm', compute), await readOn('cpu', compute))
  if (found !== undefined) throw new Error(found)
}

const dtypes = fc.constantFrom('float32' as const, 'int32' as const, 'bool' as const)
const axisOf = (shape: readonly number[]): fc.Arbitrary<number> => fc.integer({ min: -shape.length, max: shape.length - 1 })
const inputs = fullShapes(1, 5).chain(shape => fc.record({ shape: fc.constant(shape), axis: axisOf(shape), seed: seeds, dtype: dtypes }))
const made = (shape: readonly number[], seed: number, dtype: 'float32' | 'int32' | 'bool'): tf.Tensor => tf.cast(tensor(shape, seed), dtype)

const box = (shape: readonly number[]): fc.Arbitrary<Array<{ begin: number, size: number }>> => fc.tuple(...shape.map(dim =>
  fc.integer({ min: 0, max: dim - 1 }).chain(begin => fc.integer({ min: 1, max: dim - begin }).map(size => ({ begin, size })))))

t.test('a slice of any box of any tensor is that of JavaScript', async () => {
  const boxes = fullShapes(1, 6).chain(shape => fc.tuple(fc.constant(shape), box(shape), seeds, dtypes))
  await fc.assert(fc.asyncProperty(boxes, ([shape, sides, seed, dtype]) =>
    same(() => tf.slice(made(shape, seed, dtype), sides.map(({ begin }) => begin), sides.map(({ size }) => size)))), { numRuns: 200 })
})

t.test('long runs are copied whole', async t => {
  const [rows] = await readOn('wasm', () => tf.slice(tf.reshape(tf.range(0, 300), [3, 100]), [1, 10], [2, 40]))
  t.same(rows?.values, [...Array(40).keys()].flatMap(i => [110 + i]).concat([...Array(40).keys()].map(i => 210 + i)))
})

t.test('splitting and unstacking along any axis is that of JavaScript', async () => {
  await fc.assert(fc.asyncProperty(inputs, ({ shape, axis, seed, dtype }) =>
    same(() => {
      const x = made(shape, seed, dtype)
      return [...tf.split(x, [1, shape.at(axis) as number - 1], axis), ...tf.unstack(x, axis)]
    })))
})

t.test('a row of a large tensor is had without copying the rest', async t => {
  await tf.setBackend('wasm')
  const x = tf.zeros([64, 20_000])
  const backend = tf.backend() as tf.KernelBackend
  const readSync = backend.readSync
  t.teardown(() => { backend.readSync = readSync })
  backend.readSync = () => { throw new Error('the whole input was read') }
  const row = tf.slice(x, [5, 0], [1, 20_000])
  t.same(row.shape, [1, 20_000])
  tf.dispose([x, row])
})

t.test('texts are sliced as well', async t => {
  const [texts] = await readOn('wasm', () => tf.slice(tf.tensor1d(['a', 'b', 'c']), 1, 2))
  t.same(texts?.values, ['b', 'c'])
  t.same(read(() => tf.unstack(tf.tensor1d(['a', 'b']))).map(part => part.values), [['a'], ['b']])
})
