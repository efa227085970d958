import t from 'tap'
import * as tf from '@tensorflow/tfjs-core'
import { autograd, Dense, Sequential, np } from '../../src/nn/index.ts'
import { openBackend } from '../backends.ts'

await openBackend()

const counts = (): number[] => [tf.memory().numTensors, tf.backend().numDataIds()]

t.test('two hundred forwards and backwards leave no tensor behind', async t => {
  const net = new Sequential()
  net.add(new Dense(16, { activation: 'relu' }), new Dense(4))
  net.initialize()
  const step = (): void => autograd.releasing(() => tf.tidy(() => {
    const x = np.array(Array.from({ length: 8 }, (_, i) => [i, -i, i / 2]))
    autograd.backward(autograd.record(() => net.call(x) as np.NDArray))
  }))
  for (let turn = 0; turn < 3; turn++) step()
  const before = counts()
  for (let turn = 0; turn < 200; turn++) step()
  t.same(counts(), before)
})

t.test('a throw inside a gradient leaves no tensor behind', async t => {
  const config = tf.getGradient('Tanh')
  t.teardown(() => {
    tf.unregisterGradient('Tanh')
    tf.registerGradient(config)
  })
  tf.unregisterGradient('Tanh')
  tf.registerGradient({
    ...config,
    gradFunc: dy => {
      tf.mul(dy as tf.Tensor, 2)
      throw new Error('no slope here')
    }
  })
  const before = counts()
  for (let turn = 0; turn < 5; turn++) {
    t.throws(() => autograd.releasing(() => tf.tidy(() => {
      const x = np.array([1, 2, 3])
      autograd.attach_grad(x)
      autograd.backward(autograd.record(() => np.square(np.tanh(np.square(x)))))
    })), { message: 'no slope here' })
  }
  t.same(counts(), before)
})
