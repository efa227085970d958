/** Gradients of filters that strides pass over, on native TensorFlow with two threads: prints how far they are from JavaScript's. */
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { selectBackend } from '../../src/backend/select.ts'
import { tensor } from './tensors.ts'

const ROUNDS = 300
await selectBackend({ want: 'native-cpu', nativeFolder: process.argv[2], threads: 2 })

const gradient = (image: number[], filter: number[], strides: [number, number], pad: 'same' | 'valid'): number[] => tf.tidy(() => {
  const x = tensor(image, 1) as tf.Tensor4D
  return [...tf.grad(w => tf.sum(tf.conv2d(x, w as tf.Tensor4D, strides, pad)))(tensor(filter, 2)).dataSync()]
})

/** Every round has other sizes. */
function round (i: number): number[] {
  const strides: [number, number] = i % 2 === 0 ? [2, 1] : [1 + i % 3, 2]
  return gradient([1, 5 + i % 4, 5 + i % 3, 1 + i % 3], [1, 1 + i % 2, 1 + i % 3, 1 + i % 3], strides, i % 2 === 0 ? 'same' : 'valid')
}

const rounds = Array.from({ length: ROUNDS }, (_, i) => i)
const found = rounds.map(round)
await tf.setBackend('cpu')
const furthest = rounds.map(i => Math.max(...round(i).map((value, at) => Math.abs(value - (found[i]?.[at] as number)))))
process.stdout.write(String(Math.max(...furthest)))
