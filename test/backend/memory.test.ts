import t from 'tap'
import * as tf from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { selectBackend } from '../../src/backend/select.ts'
import { autograd, Dense, Sequential, np } from '../../src/nn/index.ts'

await selectBackend({ want: 'wasm' })

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

t.test('a throw inside a recorded forward leaves no tensor behind', async t => {
  const before = counts()
  const forward = (): np.NDArray => np.max(np.sqrt(np.array([])))
  t.throws(() => autograd.releasing(() => tf.tidy(() => autograd.record(forward))), { code: 'empty_reduction' })
  t.same(counts(), before)
})

t.test('memory that is used up is an error, not a write to address 0', async t => {
  const before = counts()
  const backend = tf.backend() as BackendWasm
  const heap = backend.wasm as object as { _malloc: (bytes: number) => number, _free: (pointer: number) => void }
  const blocks: number[] = []
  const fill = (): void => { for (;;) blocks.push(heap._malloc(2 ** 30)) }
  t.throws(fill, { code: 'out_of_memory', status: 503, message: /1073741824 bytes/ })
  t.throws(() => backend.makeOutput([2 ** 14, 2 ** 14], 'float32'), { code: 'out_of_memory' })
  for (const block of blocks) heap._free(block)
  t.ok(blocks.length >= 1)
  t.same(tf.tidy(() => tf.add(tf.ones([3]), 1).dataSync()), [2, 2, 2], 'and what comes after computes')
  t.same(counts(), before)
})
