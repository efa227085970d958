import t from 'tap'
import fc from 'fast-check'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-layers'
import { selectBackend } from '../../../src/backend/select.ts'
import { difference, read, readOn, tensor, type Compute } from '../tensors.ts'

await selectBackend({ want: 'wasm' })

const ACTIVATIONS = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const
type Activation = typeof ACTIVATIONS[number]

interface Product {
  readonly batch: readonly number[]
  readonly m: number
  readonly k: number
  readonly n: number
  readonly ta: boolean
  readonly tb: boolean
}

const products: fc.Arbitrary<Product> = fc.record({
  batch: fc.constantFrom([], [1], [3]),
  m: fc.integer({ min: 1, max: 6 }),
  k: fc.integer({ min: 1, max: 110 }),
  n: fc.integer({ min: 1, max: 6 }),
  ta: fc.boolean(),
  tb: fc.boolean()
})

/** Multiples of a half, so that long sums are exact in any order. */
function factors ({ batch, m, k, n, ta, tb }: Product): [tf.Tensor, tf.Tensor] {
  return [tensor([...batch, ...ta ? [k, m] : [m, k]], 1, true), tensor([...batch, ...tb ? [n, k] : [k, n]], 2, true)]
}

const activate: Record<Activation, (x: tf.Tensor, slopes: tf.Tensor) => tf.Tensor> = {
  linear: x => x, relu: tf.relu, relu6: tf.relu6, elu: tf.elu, sigmoid: tf.sigmoid, leakyrelu: x => tf.leakyRelu(x, 0.25), prelu: tf.prelu
}

t.test('fused products with bias and activation are what the steps give, transposed, batched and long', async () => {
  await fc.assert(fc.asyncProperty(products, fc.constantFrom(...ACTIVATIONS), fc.boolean(), async (product, activation, hasBias) => {
    const bias = (): tf.Tensor => tensor([product.n], 3, true)
    const slopes = (): tf.Tensor => tensor([product.n], 4, true)
    const fused: Compute = () => {
      const [a, b] = factors(product)
      return tf.fused.matMul({
        a,
        b,
        transposeA: product.ta,
        transposeB: product.tb,
        activation,
        leakyreluAlpha: 0.25,
        ...hasBias && { bias: bias() },
        ...activation === 'prelu' && { preluActivationWeights: slopes() }
      })
    }
    const steps: Compute = () => {
      const [a, b] = factors(product)
      const sum = tf.matMul(a, b, product.ta, product.tb)
      return activate[activation](hasBias ? tf.add(sum, bias()) : sum, slopes())
    }
    const found = difference(await readOn('wasm', fused), await readOn('cpu', steps))
    if (found !== undefined) throw new Error(found)
  }), { numRuns: 200 })
})

t.test('a product leaves nothing behind, fused, transposed or refused', async t => {
  await tf.setBackend('wasm')
  const before = [tf.memory().numTensors, tf.backend().numDataIds()]
  for (const product of fc.sample(products, 50)) {
    read(() => tf.matMul(...factors(product), product.ta, product.tb))
    read(() => tf.fused.matMul({ ...abOf(factors(product)), transposeA: product.ta, transposeB: product.tb, activation: 'relu6' }))
  }
  t.throws(() => tf.tidy(() => tf.matMul(tf.ones([2, 3], 'int32'), tf.ones([2, 2], 'int32'), true)))
  t.same([tf.memory().numTensors, tf.backend().numDataIds()], before)
})

const abOf = ([a, b]: [tf.Tensor, tf.Tensor]): { a: tf.Tensor, b: tf.Tensor } => ({ a, b })
