/** The native backend on the CPU, when the tests compute on it. */
import { availableParallelism } from 'node:os'
import t from 'tap'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import { deviceErrorIn, bytesAsked } from '../../src/backend/device-errors.ts'
import { selectBackend } from '../../src/backend/select.ts'
import { autograd, Dense, np, scoped } from '../../src/nn/index.ts'
import { BACKEND_ENVIRONMENT, TEST_BACKEND } from '../backends.ts'

const skip = TEST_BACKEND === 'native-cpu' ? false : `the tests compute on ${TEST_BACKEND}`
const { BLOCKSERVE_NATIVE: native } = BACKEND_ENVIRONMENT
const nativeFolder = native === '' ? undefined : native
const suggested = { value: 1, reason: 'a test says so' }
const suggestedThreads = { native: suggested, wasm: suggested }

if (skip === false) {
  delete process.env['TF_NUM_INTRAOP_THREADS']
  await selectBackend({ want: 'native-cpu', nativeFolder, suggestedThreads })
}

const counts = (): number[] => [tf.memory().numTensors, (tf.backend() as object as { getNumOfTFTensors: () => number }).getNumOfTFTensors()]

t.test('the report tells TensorFlow\'s version, the CPU and the threads, and TensorFlow was told of them', { skip }, async t => {
  const report = await selectBackend({ want: 'native-cpu', nativeFolder, suggestedThreads })
  t.match(report, { backend: 'native-cpu', gpu: null, threads: suggested })
  t.match(report.versions['tensorflow'], /^2\.\d+\.\d+/)
  t.match(process.env, { TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1', CUDA_VISIBLE_DEVICES: '-1' })
  t.match(report.attempts.map(({ backend, used }) => [backend, used]), [['native-gpu', false], ['native-cpu', true], ['wasm', false]])
})

t.test('threads stay what they were when TensorFlow was loaded', { skip }, async t => {
  const { threads } = await selectBackend({ want: 'native-cpu', nativeFolder, threads: availableParallelism() + 1 })
  t.same(threads, suggested)
})

t.test('what memory cannot hold is an error that is known as such, and leaves no tensor behind', { skip }, async t => {
  const before = counts()
  // TensorFlow waits ten seconds for memory to become free, so only one operation is tried.
  const { message } = thrown(() => tf.matMul(tf.add(tf.ones([1_000_000, 1]), 1), tf.ones([1, 1_000_000])))
  t.equal(deviceErrorIn(message), 'out_of_memory', message)
  t.equal(bytesAsked(message), 4e12)
  t.same(counts(), before)
  t.same(tf.tidy(() => tf.add(tf.ones([3]), 1).dataSync()), [2, 2, 2], 'and what comes after computes')
})

const image = (): tf.Tensor4D => tf.ones([1, 1000, 1000, 1])

const CONVOLUTIONS: Readonly<Record<string, () => tf.Tensor>> = {
  conv2d: () => tf.conv2d(image(), tf.ones([1, 1, 1, 1_000_000]), 1, 'same'),
  'conv2d with padding': () => tf.conv2d(tf.ones([1, 1, 1, 1]) as tf.Tensor4D, tf.ones([1, 1, 1, 1]), 1, 500_000),
  depthwiseConv2d: () => tf.depthwiseConv2d(image(), tf.ones([1, 1, 1, 1_000_000]), 1, 'same'),
  conv2dTranspose: () => tf.conv2dTranspose(image(), tf.ones([1, 1, 1_000_000, 1]), [1, 1000, 1000, 1_000_000], 1, 'same')
}

t.test('a convolution that memory cannot hold is refused before TensorFlow would end the process', { skip }, async t => {
  const before = counts()
  for (const [name, compute] of Object.entries(CONVOLUTIONS)) {
    t.match(thrown(compute), { code: 'device_out_of_memory', message: /\(CPU\) has no memory left: \d{13} bytes were asked for, \d+ bytes are free/ }, name)
  }
  t.same(counts(), before)
})

/** Convolutions with no images, no channels in, and none out; by kind. */
const EMPTY: Readonly<Record<string, () => tf.Tensor | tf.Tensor[]>> = {
  'no images': () => convolution([0, 4, 4, 2], [2, 2, 2, 3]),
  'no channels': () => convolution([1, 4, 4, 0], [2, 2, 0, 3]),
  'no filters': () => convolution([1, 4, 4, 2], [2, 2, 2, 0]),
  'no images, depthwise': () => tf.depthwiseConv2d(tf.zeros([0, 4, 4, 2]) as tf.Tensor4D, tf.ones([2, 2, 2, 3]), 1, 'valid'),
  'no images, 3D': () => tf.conv3d(tf.zeros([0, 4, 4, 4, 2]) as tf.Tensor5D, tf.ones([2, 2, 2, 2, 3]) as tf.Tensor5D, 1, 'valid')
}

/** A convolution and its gradients. */
function convolution (x: [number, number, number, number], filter: [number, number, number, number]): tf.Tensor[] {
  const apply = (x: tf.Tensor, w: tf.Tensor): tf.Tensor => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid')
  const inputs = [tf.zeros(x), tf.ones(filter)] as const
  return [apply(...inputs), ...tf.grads((x, w) => tf.sum(apply(x as tf.Tensor, w as tf.Tensor)))([...inputs])]
}

t.test('the tensors that are counted are those that TensorFlow has', { skip }, async t => {
  const before = counts()
  const net = new Dense(16, { in_units: 4, activation: 'relu' })
  net.initialize()
  const step = (): void => scoped(() => {
    const x = np.array([[1, -2, 3, 4]])
    autograd.attach_grad(x)
    autograd.backward(autograd.record(() => net.call(x) as np.NDArray))
  })
  step()
  const once = counts()
  for (let turn = 0; turn < 50; turn++) step()
  t.same(counts(), once)
  t.same(once[0], once[1], 'no tensor lives in TensorFlow alone')
  for (const parameter of net.collect_params().values()) parameter.dispose()
  t.same(counts(), before)
})

t.test('convolutions of nothing are zeros of the right shape, with their gradients', { skip }, async t => {
  for (const [name, compute] of Object.entries(EMPTY)) {
    const native = await onBackend('tensorflow', compute)
    const plain = name.includes('3D') ? [{ shape: [0, 3, 3, 3, 3], data: [] }] : await onBackend('cpu', compute)
    t.same(native, plain, name)
  }
})

function thrown (compute: () => tf.Tensor): Error {
  try {
    tf.tidy(compute)
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

async function onBackend (name: string, compute: () => tf.Tensor | tf.Tensor[]): Promise<Array<{ shape: number[], data: number[] }>> {
  await tf.setBackend(name)
  const results = [tf.tidy(compute)].flat().map(tensor => ({ shape: tensor.shape, data: [...tensor.dataSync()] }))
  await tf.setBackend('tensorflow')
  return results
}
