import t from 'tap'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-wasm'
import { openWasm } from '../../wasm.ts'
import { read, type Compute } from '../tensors.ts'

// Held from before the correction: what WASM does by itself.
const raw = new Map(tf.getKernelsForBackend('wasm').map(config => [config.kernelName, config.kernelFunc]))
await openWasm()

const MARKER = 1234.5

/** Leaves the marker in free memory of many sizes, which the next allocations will get. */
function fillHeap (copies: number): void {
  const sizes = [1, 2, 3, 4, 6, 8, 12, 24, 1000]
  tf.dispose(sizes.flatMap(size => Array.from({ length: copies }, () => tf.tensor(new Float32Array(size).fill(MARKER)))))
}

const empty = (...shape: number[]): tf.Tensor => tf.zeros(shape)

/** NumPy's answers. */
const ANSWERS: ReadonlyArray<readonly [string, Compute, readonly number[], readonly number[]]> = [
  ['the sum of nothing is 0', () => tf.sum(empty(0, 3)), [], [0]],
  ['the sum over an empty axis is zeros', () => tf.sum(empty(0, 3), 0), [3], [0, 0, 0]],
  ['a sum that keeps an empty axis is empty', () => tf.sum(empty(0, 3), 1, true), [0, 1], []],
  ['the product of nothing is 1', () => tf.prod(empty(0, 2), 0), [2], [1, 1]],
  ['the mean of nothing is NaN', () => tf.mean(empty(0, 3)), [], [NaN]],
  ['the mean over an empty axis is NaN', () => tf.mean(empty(2, 0, 3), 1, true), [2, 1, 3], [NaN, NaN, NaN, NaN, NaN, NaN]],
  ['a mean without results is empty', () => tf.mean(empty(0, 3), 1), [0], []],
  ['a maximum without results is empty', () => tf.max(empty(0, 3), 1), [0], []],
  ['all of nothing is true', () => tf.all(tf.zeros([0], 'bool')), [], [1]],
  ['any of nothing is false', () => tf.any(tf.zeros([0], 'bool')), [], [0]],
  ['a product over an inner dimension of 0 is zeros', () => tf.matMul(empty(2, 0), empty(0, 3)), [2, 3], [0, 0, 0, 0, 0, 0]],
  ['a transposed product over 0 is zeros', () => tf.matMul(empty(0, 2), empty(3, 0), true, true), [2, 3], [0, 0, 0, 0, 0, 0]],
  ['a batch of products over 0 is zeros', () => tf.matMul(empty(2, 1, 0), empty(2, 0, 2)), [2, 1, 2], [0, 0, 0, 0]],
  ['a fused product over 0 is the bias', () => tf.fused.matMul({ a: empty(2, 0), b: empty(0, 2), bias: tf.tensor1d([1, 2]) }), [2, 2], [1, 2, 1, 2]],
  ['a product of no rows is empty', () => tf.matMul(empty(0, 2), tf.ones([2, 3])), [0, 3], []],
  ['concatenating nothing changes nothing', () => tf.concat([empty(0, 2), tf.ones([1, 2]), empty(0, 2)]), [1, 2], [1, 1]],
  ['an empty tensor takes another shape', () => tf.reshape(empty(0, 3), [3, 0, 2]), [3, 0, 2], []],
  ['an empty tensor broadcasts', () => tf.add(empty(0, 3), tf.ones([3])), [0, 3], []],
  ['relu of nothing is nothing', () => tf.relu(empty(4, 0)), [4, 0], []],
  ['softmax of nothing is nothing', () => tf.softmax(empty(0, 3)), [0, 3], []],
  ['a convolution of no images is empty', () => tf.conv2d(empty(0, 5, 5, 2) as tf.Tensor4D, tf.ones([3, 3, 2, 4]) as tf.Tensor4D, 1, 'valid'), [0, 3, 3, 4], []],
  ['padding nothing gives the padding', () => tf.pad(empty(0, 2), [[1, 0], [0, 0]], 7), [1, 2], [7, 7]]
]

t.test('tensors without elements give NumPy\'s values, a thousand times, whatever the heap holds', async t => {
  fillHeap(500)
  for (let turn = 0; turn < 1000; turn++) {
    fillHeap(3)
    for (const [name, compute, shape, values] of ANSWERS) {
      const [result] = read(compute)
      if (turn === 0) t.same([result?.shape, result?.values], [shape, values], name)
      else if (String(result?.values) !== String(values)) throw new Error(`${name}: ${result?.values} in turn ${turn}`)
    }
  }
})

t.test('without the guard, what the heap held comes out', async t => {
  const kernel = raw.get('BatchMatMul') as tf.KernelFunc
  const [a, b] = [empty(20, 0), empty(0, 30)]
  fillHeap(500)
  const output = kernel({ inputs: { a, b }, attrs: { transposeA: false, transposeB: false }, backend: tf.backend() }) as tf.TensorInfo
  const seen = tf.engine().makeTensorFromTensorInfo(output)
  t.ok(seen.dataSync().includes(MARKER), 'so that the test above would fail')
  tf.dispose([a, b, seen])
})

t.test('the extremes of nothing are refused', async t => {
  const expected = { code: 'empty_reduction', kind: 'ValueError' }
  for (const reduce of [tf.max, tf.min, tf.argMax, tf.argMin]) t.throws(() => tf.tidy(() => reduce(empty(0, 3), 0)), expected)
  t.throws(() => tf.tidy(() => tf.max(empty(2, 0))), { code: 'empty_reduction', message: /shape \(2, 0\)/ })
})

t.test('a rank over 6 is refused before any kernel', async t => {
  const high = (rank: number): tf.Tensor => tf.ones(Array<number>(rank).fill(1))
  t.throws(() => tf.tidy(() => tf.add(high(7), high(7))), { code: 'rank_too_high', message: /rank 7/ })
  t.throws(() => tf.tidy(() => tf.relu(high(7))), { code: 'rank_too_high' })
  t.same(read(() => tf.add(high(6), high(6)))[0]?.values, [2])
})

t.test('computing with nothing leaks nothing', async t => {
  const before = [tf.memory().numTensors, tf.backend().numDataIds(), tf.findBackend('cpu').numDataIds()]
  for (const [, compute] of ANSWERS) read(compute)
  t.throws(() => tf.tidy(() => tf.max(empty(2, 0))))
  t.same([tf.memory().numTensors, tf.backend().numDataIds(), tf.findBackend('cpu').numDataIds()], before)
})
