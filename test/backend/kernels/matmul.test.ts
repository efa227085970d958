import t from 'tap'
import fc from 'fast-check'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-layers'
import { openWasm } from '../../wasm.ts'
import { difference, read, readOn, tensor, type Compute } from '../tensors.ts'

await openWasm()

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

/** Leading axes of two factors, some of which broadcast. */
const batches = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom('both', 'a', 'b')), { maxLength: 2 }).chain(axes => fc.record({
  a: fc.constant(axes.map(([dim, whose]) => whose === 'b' ? 1 : dim)),
  b: fc.constant(axes.map(([dim, whose]) => whose === 'a' ? 1 : dim)),
  drop: fc.boolean()
})).map(({ a, b, drop }) => ({ a, b: drop && b[0] === 1 ? b.slice(1) : b }))

t.test('batches of products, small and large, broadcast and transposed, are those of each pair of matrices', async () => {
  const sizes = fc.record({ m: fc.integer({ min: 1, max: 12 }), k: fc.integer({ min: 1, max: 60 }), n: fc.integer({ min: 1, max: 24 }) })
  await fc.assert(fc.asyncProperty(batches, sizes, fc.boolean(), fc.boolean(), async (batch, { m, k, n }, ta, tb) => {
    const [a, b] = [[...batch.a, ...ta ? [k, m] : [m, k]], [...batch.b, ...tb ? [n, k] : [k, n]]]
    const whole = tf.broadcast_util.assertAndGetBroadcastShape(batch.a, batch.b)
    const product: Compute = () => tf.matMul(tensor(a, 1, true), tensor(b, 2, true), ta, tb)
    const pairs: Compute = () => {
      const left = matricesOf(tf.broadcastTo(tensor(a, 1, true), [...whole, ...a.slice(-2)]))
      const right = matricesOf(tf.broadcastTo(tensor(b, 2, true), [...whole, ...b.slice(-2)]))
      return tf.reshape(tf.stack(left.map((x, i) => tf.matMul(x, right[i] as tf.Tensor, ta, tb))), [...whole, m, n])
    }
    const found = difference(await readOn('wasm', product), await readOn('cpu', pairs))
    if (found !== undefined) throw new Error(`${JSON.stringify({ a, b, ta, tb })}: ${found}`)
  }), { numRuns: 200 })
})

const matricesOf = (x: tf.Tensor): tf.Tensor[] => tf.unstack(tf.reshape(x, [-1, ...x.shape.slice(-2)]))

const large = fc.record({ m: fc.integer({ min: 1, max: 40 }), k: fc.integer({ min: 1, max: 300 }), n: fc.integer({ min: 1, max: 300 }) })
  .filter(({ m, k, n }) => m > 6 || k * n >= 16384)

t.test('but for few rows by a small factor, a product by a transposed factor has the bits of that by its transpose', async t => {
  await tf.setBackend('wasm')
  const before = [tf.memory().numTensors, tf.backend().numDataIds()]
  fc.assert(fc.property(large, ({ m, k, n }) => {
    const [a, b] = [tensor([m, k], 1), tensor([n, k], 2)]
    const [received] = read(() => tf.matMul(a, b, false, true))
    const [expected] = read(() => tf.matMul(a, tf.transpose(b)))
    tf.dispose([a, b])
    if (String(received?.values) !== String(expected?.values)) throw new Error(`(${m}, ${k}) by (${n}, ${k})`)
  }), { numRuns: 60 })
  t.same([tf.memory().numTensors, tf.backend().numDataIds()], before)
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
