/** A test with known answers that a backend passes before it is accepted. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-layers'

interface Case { readonly name: string, readonly expected: readonly number[], compute (): tf.Tensor | tf.Tensor[] }

// Small whole numbers: exact in every precision a device may compute in.
const matrix = (): tf.Tensor2D => tf.tensor2d([3, 1, 1, 2], [2, 2])
const image = (): tf.Tensor4D => tf.tensor4d([1, -2, 3, 4, 5, -6, 7, 8, 9], [1, 3, 3, 1])
const filter = (): tf.Tensor4D => tf.tensor4d([1, 2, -1, 3], [2, 2, 1, 1])
/** Different slopes for different outputs, so that exchanged ones are seen. */
const heads = (): tf.Tensor4D => tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1])

const CASES: readonly Case[] = [
  { name: 'matMul', expected: [19, 22, 43, 50], compute: () => tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2])) },
  {
    name: 'matMul of transposed matrices',
    expected: [23, 31, 34, 46],
    compute: () => tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2]), true, true)
  },
  { name: 'relu', expected: [0, 0, 2], compute: () => tf.relu(tf.tensor1d([-1, 0, 2])) },
  {
    name: 'the gradient of relu(matMul)',
    expected: [3, 1],
    compute: () => tf.grad(x => tf.sum(tf.relu(tf.matMul(x as tf.Tensor2D, matrix()))))(tf.tensor2d([1, -2], [1, 2]))
  },
  { name: 'conv2d', expected: [8, -19, 31, 12], compute: () => tf.conv2d(image(), filter(), 1, 'valid') },
  {
    name: 'the gradients of conv2d',
    expected: [1, 4, 4, 2, 11, 14, -3, 5, 12, 29, -5, 67, 53],
    compute: () => tf.grads((x, w) => tf.sum(tf.mul(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid'), heads())))([image(), filter()])
  },
  {
    name: 'the gradient of maxPool of negative values',
    expected: [0, 3, 0, 0, 0, 0, 0, 7, 0],
    compute: () => tf.grad(x => tf.sum(tf.mul(tf.maxPool(x as tf.Tensor4D, 2, 1, 'valid'), heads())))(negatives())
  },
  { name: 'softmax', expected: [0.5, 0, 0.5], compute: () => tf.softmax(tf.tensor1d([0, -1000, 0])) }
]

/** The second is the largest of the upper windows, the eighth of the lower ones. */
const negatives = (): tf.Tensor4D => tf.tensor4d([-9, -1, -8, -7, -6, -5, -4, -2, -3], [1, 3, 3, 1])

/** Softmax is no whole number: some devices take the exponential of a logarithm. */
const TOLERANCE = 1e-6

/** Runs the test on the active backend. Gives what is wrong, or undefined. Throws what the backend throws. */
export function selfTest (): string | undefined {
  for (const { name, expected, compute } of CASES) {
    const received = values(compute)
    if (!agree(received, expected)) return `${name} gave ${received.join(', ')} instead of ${expected.join(', ')}`
  }
  return undefined
}

const agree = (received: readonly number[], expected: readonly number[]): boolean =>
  received.length === expected.length && received.every((value, i) => Math.abs(value - (expected[i] as number)) <= TOLERANCE)

function values (compute: Case['compute']): number[] {
  return tf.tidy(() => [compute()].flat().flatMap(tensor => [...tensor.dataSync()])) as unknown as number[]
}
