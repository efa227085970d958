import t from 'tap'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-layers'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { openWasm } from '../../wasm.ts'
import { read, tensor, type Compute } from '../tensors.ts'

await openWasm()

const run = (name: string, inputs: tf.NamedTensorMap, attrs: object): tf.Tensor => tf.engine().runKernel(name, inputs, { ...attrs })
const image = (): tf.Tensor4D => tensor([2, 6, 6, 3], 1) as tf.Tensor4D
const filter = (): tf.Tensor4D => tensor([3, 3, 3, 2], 2) as tf.Tensor4D
const window = (stride: number): object =>
  ({ strides: [stride, stride], dilations: [1, 1], pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, 3, 2], inputShape: [2, 6, 6, 3] })
const wide = { ...window(1), filterShape: [3, 3, 64, 1] }

/** Calls of every corrected kernel, down each of its paths. */
const CALLS: Readonly<Record<string, Compute>> = {
  'a filter\'s gradient': () => run('Conv2DBackpropFilter', { x: image(), dy: tensor([2, 3, 3, 2], 3) }, window(2)),
  'a filter\'s gradient in parts': () => run('Conv2DBackpropFilter', { x: tf.ones([2, 56, 300, 64]), dy: tf.ones([2, 56, 300, 1]) }, wide),
  'an image\'s gradient': () => run('Conv2DBackpropInput', { dy: tensor([2, 6, 6, 2], 3), filter: filter() }, window(1)),
  'an image\'s gradient with strides': () => run('Conv2DBackpropInput', { dy: tensor([2, 3, 3, 2], 3), filter: filter() }, window(2)),
  'a depthwise filter\'s gradient': () => run('DepthwiseConv2dNativeBackpropFilter', { x: image(), dy: tensor([2, 6, 6, 6], 3) }, window(1)),
  'a depthwise image\'s gradient': () => run('DepthwiseConv2dNativeBackpropInput', { dy: tensor([2, 3, 3, 6], 3), filter: filter() }, window(2)),
  'max pooling\'s gradient': () =>
    run('MaxPoolGrad', { dy: tensor([2, 3, 3, 3], 3), input: image(), output: tensor([2, 3, 3, 3], 4) }, { ...window(2), filterSize: 2 }),
  'sums of segments': () => tf.unsortedSegmentSum(tensor([3, 2], 1), tf.tensor1d([0, 1, 0], 'int32'), 2),
  'sums over letters': () => tf.einsum('bij,bkj->bik', tensor([2, 3, 4], 1), tensor([2, 3, 4], 2)),
  'letters in another order': () => [tf.einsum('ij->ji', tensor([3, 4], 1)), tf.einsum('ij->ij', tensor([3, 4], 1))],
  'a transposed product': () => tf.matMul(tensor([30, 20], 1), tensor([20, 30], 2), true, true),
  'a batch of products': () => tf.matMul(tensor([3, 20, 30], 1), tensor([3, 30, 20], 2)),
  'a batch of transposed products': () => tf.matMul(tensor([3, 30, 20], 1), tensor([3, 20, 30], 2), true, true),
  'a batch by one': () => tf.matMul(tensor([3, 20, 30], 1), tensor([1, 30, 20], 2)),
  'a batch of small products': () => tf.matMul(tensor([3, 2, 3], 1), tensor([3, 2, 3], 2), false, true),
  'a truth': () => tf.cast(tensor([3], 1), 'bool'),
  'a slice': () => tf.slice(tensor([3, 4], 1), [1, 1], [2, 2]),
  'a split': () => [...tf.split(tensor([3, 4], 1), 2, 1), ...tf.unstack(tensor([3, 4], 1), 1)]
}

const counts = (): number[] => [tf.memory().numTensors, tf.backend().numDataIds(), tf.findBackend('cpu').numDataIds()]

t.test('no corrected kernel leaves anything behind', async t => {
  for (const [name, compute] of Object.entries(CALLS)) {
    const before = counts()
    for (let turn = 0; turn < 3; turn++) read(compute)
    t.same(counts(), before, name)
  }
})

t.test('no corrected kernel leaves anything behind when memory runs out in the midst of it', async t => {
  const heap = (tf.backend() as BackendWasm).wasm as object as { _malloc: (bytes: number) => number }
  const malloc = heap._malloc
  t.teardown(() => { heap._malloc = malloc })
  for (const [name, compute] of Object.entries(CALLS)) {
    const before = counts()
    for (let failing = 1, failed = true; failed; failing++) {
      let calls = 0
      heap._malloc = bytes => {
        if (++calls === failing) throw new Error('no memory')
        return malloc(bytes)
      }
      failed = throws(compute)
    }
    t.same(counts(), before, name)
  }
})

function throws (compute: Compute): boolean {
  try {
    read(compute)
    return false
  } catch {
    return true
  }
}
