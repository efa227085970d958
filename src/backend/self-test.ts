/** A test with known answers that a backend passes before it is accepted. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-layers'

interface Case { readonly name: string, readonly expected: readonly number[], compute (): tf.Tensor }

// Small whole numbers: exact in every precision a device may compute in.
const matrix = (): tf.Tensor2D => tf.tensor2d([3, 1, 1, 2], [2, 2])

const CASES: readonly Case[] = [
  { name: 'matMul', expected: [19, 22, 43, 50], compute: () => tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2])) },
  { name: 'relu', expected: [0, 0, 2], compute: () => tf.relu(tf.tensor1d([-1, 0, 2])) },
  {
    name: 'the gradient of relu(matMul)',
    expected: [3, 1],
    compute: () => tf.grad(x => tf.sum(tf.relu(tf.matMul(x as tf.Tensor2D, matrix()))))(tf.tensor2d([1, -2], [1, 2]))
  }
]

/** Runs the test on the active backend. Gives what is wrong, or undefined. Throws what the backend throws. */
export function selfTest (): string | undefined {
  for (const { name, expected, compute } of CASES) {
    const received = values(compute)
    if (!tf.util.arraysEqual([...received], [...expected])) return `${name} gave ${received.join(', ')} instead of ${expected.join(', ')}`
  }
  return undefined
}

function values (compute: () => tf.Tensor): number[] {
  let result: number[] = []
  tf.tidy(() => { result = [...compute().dataSync()] })
  return result
}
