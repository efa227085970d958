import t from 'tap'
import { numberToFloat16 } from '../../src/float16.ts'
import { autograd, Block, Dense, Flatten, init, Parameter, session, type NDArray, type Output } from '../../src/nn/index.ts'
import * as np from '../../src/nn/np/index.ts'
import { hostTensor, type HostTensor } from '../../src/tensor.ts'
import { call, inSession, numbers, refuses } from './harness.ts'

const float64 = (...values: number[]): HostTensor => hostTensor('float64', [1, values.length], Float64Array.from(values))
const float16 = (...values: number[]): HostTensor => hostTensor('float16', [1, values.length], Uint16Array.from(values, numberToFloat16))
const dtypeOf = (array: NDArray): string => np.hostOf(array).dtype

class Doubled extends Block {
  dense = new Dense(2, { use_bias: false, weight_initializer: 'ones' })
  override forward (x: NDArray): Output { return np.add(x, np.multiply(this.dense.call(x) as NDArray, 2)) }
}

t.test('what blocks and array functions make of float64 or float16 is read back as such', async t => {
  inSession(() => {
    const net = new Doubled()
    net.initialize()
    net.cast('float64')
    const y = call(net, np.array(float64(1, 2)))
    t.same(np.hostOf(y), float64(7, 8))
    t.same(np.hostOf(np.sum(np.relu(y), 1)), hostTensor('float64', [1], Float64Array.of(15)))
    t.same(np.hostOf(call(new Flatten(), np.array(float16(1, 2)))), float16(1, 2))
    t.same([np.concatenate([y, y]), np.reshape(y, [2]), np.dot(y, np.ones([2])), np.max(y)].map(dtypeOf), new Array(4).fill('float64'))
  })
})

t.test('comparisons stay booleans, and what comes from float32 and integers stays float32', async t => {
  inSession(() => {
    t.equal(dtypeOf(np.greater(np.array(float64(1, 2)), 1)), 'bool')
    t.equal(dtypeOf(np.add(np.array([1]), 1)), 'float32')
    t.equal(dtypeOf(np.array(hostTensor('int32', [1], Int32Array.of(1)))), 'float32')
  })
})

t.test('a parameter that a block puts out keeps its own dtype', async t => {
  class Weight extends Block {
    weight = this.params.get('weight', { shape: [2], init: 'ones' })
    override forward (_x: NDArray): Output { return this.weight.data() }
  }
  inSession(() => {
    const net = new Weight()
    net.initialize()
    t.equal(dtypeOf(call(net, np.array(float64(1)))), 'float32')
    net.cast('float64')
    t.equal(dtypeOf(call(net, np.array([1]))), 'float64')
  })
})

t.test('the gradient of an array has its dtype', async t => {
  inSession(() => {
    const x = np.array(float64(1, 2))
    autograd.attach_grad(x)
    t.same(autograd.grad_of(x), float64(0, 0))
    autograd.backward(autograd.record(() => np.square(x)))
    t.same(autograd.grad_of(x), float64(2, 4))
  })
})

t.test('a constant initializer is exact in the dtype of the parameter', async t => {
  inSession(() => {
    const filled = (dtype: 'float64' | 'float16' | 'int64', value: number): HostTensor => {
      const parameter = new Parameter('w', { shape: [1], dtype, init: new init.Constant({ value }) })
      parameter.initialize()
      return parameter.host()
    }
    t.same(filled('float64', 0.1).data, Float64Array.of(0.1))
    t.same(filled('float16', 0.1).data, Uint16Array.of(numberToFloat16(0.1)))
    t.same(filled('int64', 2 ** 24 + 1).data, BigInt64Array.of(2n ** 24n + 1n))
  })
})

t.test('a Constant keeps every bit of a float64 value', async t => {
  inSession(() => {
    const constant = new Doubled().params.get_constant('c', float64(0.1))
    constant.initialize()
    t.same(constant.host(), float64(0.1))
  })
})

t.test('random initializers refuse what is not float32, as in MXNet, and draw nothing', async t => {
  inSession(() => {
    for (const name of ['uniform', 'normal', 'xavier', 'msraprelu']) {
      const before = session().random.signature
      const parameter = new Parameter('w', { shape: [2, 2], dtype: 'float64', init: name })
      refuses(t, () => { parameter.initialize() }, 'initializer_dtype', 'MXNetError', ['\'w\'', 'float64'])
      t.equal(session().random.signature, before)
      t.equal(parameter.state, 'uninitialized')
    }
  })
})

t.test('a custom initializer may draw for a float64 parameter: float32 draws, widened', async t => {
  class Own extends init.Initializer {
    override init_weight (...[, weight, random]: Parameters<init.Initializer['init_weight']>): void { random.fillUniform(weight.data, 0, 1) }
  }
  inSession(() => {
    const parameter = new Parameter('w', { shape: [2], dtype: 'float64', init: new Own() })
    parameter.initialize()
    t.same(numbers(parameter.host()), [0.5488135, 0.5928446].map(Math.fround))
  })
})
