import t from 'tap'
import * as tf from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { openWasm } from '../wasm.ts'
import { autograd, np } from '../../src/nn/index.ts'

await openWasm()

const counts = (): number[] => [tf.memory().numTensors, tf.backend().numDataIds()]

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
