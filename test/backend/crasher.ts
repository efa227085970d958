/** Starts the WASM backend, computes on it and in JavaScript, and throws when asked to. */
import * as tf from '@tensorflow/tfjs-core'
import { selectBackend } from '../../src/backend/select.ts'

await selectBackend({ want: 'wasm' })
tf.tidy(() => tf.sum(tf.zeros([0, 2]), 0).dataSync())
if (process.argv[2] === 'throw') setImmediate(() => { throw new Error('the end') })
