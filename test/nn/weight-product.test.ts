import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { autograd, Dense, scoped, type NDArray } from '../../src/nn/index.ts'
import { hostOf } from '../../src/nn/np/array.ts'
import { RandomStream } from '../../src/nn/random/stream.ts'
import { call, close } from './harness.ts'

const random = new RandomStream(3)

function denseOf (units: number, inUnits: number): Dense {
  const dense = new Dense(units, { in_units: inUnits })
  dense.initialize({ init: 'xavier' })
  return dense
}

const rows = (count: number, width: number): NDArray => {
  const { data } = random.uniform(-1, 1, [count, width])
  return tf.tensor(data as Float32Array, [count, width], 'float32')
}

t.test('a recorded forward gives the bits of a plain one, whatever the batch', async t => {
  scoped(() => {
    const dense = denseOf(33, 70)
    for (const batch of [1, 2, 4, 5, 32]) {
      const x = rows(batch, 70)
      t.same(hostOf(autograd.record(() => call(dense, x))), hostOf(call(dense, x)), `batch ${batch}`)
    }
  })
})

t.test('its gradients are those of the product', async t => {
  scoped(() => {
    const [dense, x, dy] = [denseOf(8, 13), rows(5, 13), rows(5, 8)]
    autograd.attach_grad(x)
    const y = autograd.record(() => call(dense, x))
    autograd.backward(y, [dy])
    const product = (x: tf.Tensor, weight: tf.Tensor): tf.Tensor => tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D, false, true)
    const [ofX, ofWeight] = tf.grads(product)([x, tf.tensor(dense.weight.host().data as Float32Array, [8, 13])], dy)
    close(t, autograd.grad_of(x), ofX as NDArray, 1e-6, 'input')
    close(t, dense.weight.grad(), ofWeight as NDArray, 1e-6, 'weight')
  })
})

t.test('a weight is transposed once for all forwards, and no gradient is computed that nobody asked for', async t => {
  const dense = denseOf(8, 13)
  const x = rows(5, 13)
  const step = (): void => { scoped(() => { autograd.backward(autograd.record(() => call(dense, x))) }) }
  step()
  const { kernels } = await tf.profile(step as () => tf.TensorContainer)
  const names = kernels.map(({ name }) => name)
  t.equal(names.filter(name => name === 'Transpose').length, 0, 'but for what a kernel does inside')
  t.equal(names.filter(name => name === 'WeightProduct').length, 1)
  t.equal(names.filter(name => name === 'BatchMatMul').length, 1, 'the gradient of the weight alone')
  x.dispose()
})

t.test('repeated steps keep no arrays', async t => {
  const dense = denseOf(8, 13)
  const x = rows(5, 13)
  const step = (): void => { scoped(() => { autograd.backward(autograd.record(() => call(dense, x))) }) }
  step()
  const before = tf.memory().numTensors
  for (let i = 0; i < 5; i++) step()
  t.equal(tf.memory().numTensors, before)
  x.dispose()
})
