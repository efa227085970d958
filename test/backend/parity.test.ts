import t from 'tap'
import fc from 'fast-check'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import '../../src/nn/autograd/gradients.ts'
import { openBackend, TEST_BACKEND } from '../backends.ts'
import { OPERATIONS, type Call, type Operation } from './operations/index.ts'
import { difference, readOn, seeds, tensor, type Compute } from './tensors.ts'

await openBackend()
const ACTIVE = tf.getBackend()

/** The same inputs in every run: the order of summation differs between backends, so a bound on the difference holds for known inputs. */
const RUNS = { numRuns: 60, seed: 1 }

const made = (call: Call, seed: number, { coarse = false }: Operation): tf.Tensor[] =>
  call.inputs.map((shape, i) => tensor(shape, seed + i, coarse))

const forward = (call: Call, seed: number, operation: Operation): Compute => () => call.apply(...made(call, seed, operation))

/** The gradients of every input, with head gradients that differ from element to element. */
const gradients = (call: Call, seed: number, operation: Operation): Compute => () => {
  const inputs = made(call, seed, operation)
  const weighted = (...xs: tf.Tensor[]): tf.Tensor =>
    tf.addN([call.apply(...xs)].flat().map((output, i) => tf.sum(tf.mul(output, tensor(output.shape, seed + 99 + i)))))
  return tf.grads(weighted)(inputs)
}

async function same (call: Call, compute: Compute, { tolerance }: Operation): Promise<void> {
  const found = difference(await readOn(ACTIVE, compute), await readOn('cpu', compute), tolerance)
  if (found !== undefined) throw new Error(`inputs ${JSON.stringify(call.inputs)} ${JSON.stringify(call.options)}: ${found}`)
}

for (const [name, operation] of Object.entries(OPERATIONS)) {
  const runs = { ...RUNS, numRuns: operation.runs ?? RUNS.numRuns }

  t.test(`${name} on ${TEST_BACKEND} gives what it gives in JavaScript, for any shapes`, async () => {
    await fc.assert(fc.asyncProperty(operation.calls, seeds, (call, seed) => same(call, forward(call, seed, operation), operation)), runs)
  })

  if (operation.gradient === false) continue
  t.test(`the gradient of ${name} on ${TEST_BACKEND} is that of JavaScript, for any shapes`, async () => {
    await fc.assert(fc.asyncProperty(operation.calls, seeds, (call, seed) => same(call, gradients(call, seed, operation), operation)), runs)
  })
}
