import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { autograd, Dense, scoped, type NDArray } from '../../src/nn/index.ts'
import { hostOf } from '../../src/nn/np/array.ts'
import { RandomStream } from '../../src/nn/random/stream.ts'
import type { HostTensor } from '../../src/tensor.ts'
import { alike } from '../alike.ts'
import { call, close } from './harness.ts'

const random = new RandomStream(3)
const numbers = (data: HostTensor['data']): number[] => Array.from(data as ArrayLike<number>)

function denseOf (units: number, inUnits: number): Dense {
  const dense = new Dense(units, { in_units: inUnits })
  dense.initialize({ init: 'xavier' })
  return dense
}

const rows = (count: number, width: number): NDArray => {
  const { data } = random.uniform(-1, 1, [count, width])
  return tf.tensor(data as Float32Array, [count, width], 'float32')
}

const SIZES = [[1, 70, 33], [4, 70, 33], [5, 70, 33], [1, 300, 257], [6, 300, 257], [40, 300, 257], [600, 130, 129], [3, 5000, 10]] as const

t.test('a recorded forward gives what a plain one gives, on WASM to the last bit, at the first use of a weight and later', async t => {
  scoped(() => {
    for (const [batch, inUnits, units] of SIZES) {
      const [dense, x] = [denseOf(units, inUnits), rows(batch, inUnits)]
      const recorded = (): HostTensor => hostOf(autograd.record(() => call(dense, x)))
      const [first, second, plain] = [recorded(), recorded(), hostOf(call(dense, x))]
      for (const { data } of [first, second]) t.ok(alike(numbers(data), numbers(plain.data)), `${batch} rows of ${inUnits} to ${units}`)
    }
  })
})

t.test('its gradients are those of the product, at the first use of a weight and later', async t => {
  scoped(() => {
    for (const [batch, inUnits, units] of SIZES) {
      const [dense, x, dy] = [denseOf(units, inUnits), rows(batch, inUnits), rows(batch, units)]
      const product = (x: tf.Tensor, weight: tf.Tensor): tf.Tensor => tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D, false, true)
      const [ofX, ofWeight] = tf.grads(product)([x, tf.tensor(dense.weight.host().data as Float32Array, [units, inUnits])], dy)
      autograd.attach_grad(x)
      for (const use of ['first', 'second']) {
        autograd.backward(autograd.record(() => call(dense, x)), [dy])
        close(t, autograd.grad_of(x), ofX as NDArray, 1e-6, `input, ${use} use`)
        close(t, dense.weight.grad(), ofWeight as NDArray, 1e-6, `weight, ${use} use`)
      }
    }
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

t.test('a large weight that changes with every step is never transposed', async t => {
  const dense = denseOf(200, 100)
  const x = rows(5, 100)
  const step = (): void => {
    scoped(() => { autograd.backward(autograd.record(() => call(dense, x))) })
    dense.weight.set_data(dense.weight.host())
  }
  step()
  const { kernels } = await tf.profile(step as () => tf.TensorContainer)
  t.same(kernels.map(({ name }) => name).filter(name => name === 'Transpose' || name === 'WeightProduct'), [])
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
