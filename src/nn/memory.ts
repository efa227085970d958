import * as tf from '@tensorflow/tfjs-core'
import { releasing } from './autograd/index.ts'

/**
 * Runs `fn`, then frees every array and recorded computation made meanwhile that nobody keeps. The result must be
 * host values: arrays in it are freed too. (A tidy would walk every element of a typed array in the result.)
 */
export function scoped<T> (fn: () => T): T {
  tf.engine().startScope()
  try {
    return releasing(fn)
  } finally {
    tf.engine().endScope()
  }
}

/** Arrays alive on the device, and the bytes they take. */
export function deviceMemory (): { tensors: number, bytes: number } {
  const { numTensors, numBytes } = tf.memory()
  return { tensors: numTensors, bytes: numBytes }
}
