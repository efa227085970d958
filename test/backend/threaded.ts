/**
 * Run in a process of its own: opens WASM with as many threads as the first argument says. Prints what it says of them, a digest of what
 * each operation gives, and what the process has now. The second argument may take shared memory away.
 */
import { createHash } from 'node:crypto'
import * as tf from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { selectBackend } from '../../src/backend/select.ts'
import { tensor } from './tensors.ts'

const [threads, memory] = process.argv.slice(2)
if (memory === 'none') Object.assign((globalThis as unknown as { WebAssembly: object }).WebAssembly, { Memory: refusing })

function refusing (): never {
  throw new Error('no memory to share')
}

const image = (size: number, channels: number): tf.Tensor4D => tensor([2, size, size, channels], 1) as tf.Tensor4D
const filter = (channels: number, outputs: number): tf.Tensor4D => tensor([3, 3, channels, outputs], 2) as tf.Tensor4D

/** Each large enough for several threads; the last makes the memory grow. */
const OPERATIONS: Readonly<Record<string, () => tf.Tensor>> = {
  product: () => tf.matMul(tensor([300, 500], 1), tensor([500, 300], 2)),
  'transposed product': () => tf.matMul(tensor([300, 500], 1), tensor([300, 500], 2), false, true),
  'batch of products': () => tf.matMul(tensor([3, 50, 60], 1), tensor([3, 60, 50], 2)),
  convolution: () => tf.conv2d(image(28, 32), filter(32, 64), 1, 'same'),
  'convolution\'s image': () => tf.conv2dTranspose(image(14, 32), filter(16, 32), [2, 28, 28, 16], 2, 'same'),
  'depthwise convolution': () => tf.depthwiseConv2d(image(28, 64), filter(64, 1), 1, 'same'),
  'greatest of windows': () => tf.maxPool(image(28, 64), 3, 2, 'same'),
  'mean of windows': () => tf.avgPool(image(28, 64), 5, 2, 'valid'),
  relu: () => tf.relu(tensor([100_000], 1)),
  'sigmoid and sum': () => tf.sum(tf.sigmoid(tensor([1000, 100], 1)), 1),
  'much memory': () => tf.matMul(tensor([2000, 200], 1), tensor([200, 2000], 2))
}

const digest = (compute: () => tf.Tensor): string =>
  tf.tidy(() => createHash('sha256').update(compute().dataSync()).digest('hex'))

const { device, threads: choice } = await selectBackend({ want: 'wasm', threads: Number(threads) })
const digests = Object.fromEntries(Object.entries(OPERATIONS).map(([name, compute]) => [name, digest(compute)]))
const shared = (tf.backend() as BackendWasm).typedArrayFromHeap(tf.zeros([1])).buffer instanceof SharedArrayBuffer
const listeners = process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection')
console.log(JSON.stringify({ device, choice, shared, digests, listeners, globals: 'Worker' in globalThis }))
