import t from 'tap'
import { autograd, buildSpec, Dense, session } from '../../../src/nn/index.ts'
import * as np from '../../../src/nn/np/index.ts'
import { formatShape } from '../../../src/tensor.ts'
import { array, call, close, counting, inSession, numbers, refuses, tf } from '../harness.ts'
import { registry, toSpec } from '../program/programs.ts'
import { stepOf, stepsOf, tensorOf } from './fixtures.ts'

/** The layers of the reference data, by case. */
const CASES = ['dense_tanh', 'dense_softrelu', 'dense_softsign', 'dense_nobias', 'dense_flatten_3d', 'dense_noflatten_3d', 'dense_in_units'] as const

for (const id of CASES) {
  t.test(`output and gradients of ${id} are MXNet's`, async t => {
    const steps = stepsOf('layers', id)
    inSession(() => {
      session().random.seed(stepOf(steps, 'seed').value ?? 0)
      const x = array(tensorOf(stepOf(steps, 'random').expect?.tensor))
      session().random.normal(0, 1, x.shape)
      const net = buildSpec(toSpec(stepOf(steps, 'build').block), registry)
      net.initialize()
      autograd.attach_grad(x)
      const y = autograd.record(() => call(net, x))
      close(t, y, tensorOf(stepOf(steps, 'forward').expect?.tensor), 1e-5, 'output')
      autograd.backward(y, [tensorOf(stepOf(steps, 'random', 1).expect?.tensor)])
      const { tensors, params = {} } = stepOf(steps, 'grads').expect ?? {}
      close(t, autograd.grad_of(x), tensorOf(tensors?.['x']), 1e-5, 'gradient of the input')
      t.same(Object.keys(params).length, net.collect_params().keys().length)
      for (const [name, parameter] of net.collect_params()) close(t, parameter.grad(), tensorOf(params[name]), 1e-5, name)
    })
  })
}

t.test('the output is x·Wᵀ + b', async t => {
  inSession(() => {
    const dense = new Dense(2, { in_units: 3 })
    dense.initialize()
    dense.weight.set_data([[1, 2, 3], [4, 5, 6]])
    dense.bias?.set_data([10, 100])
    t.same(numbers(call(dense, array([[1, 0, -1], [2, 2, 2]]))), [8, 98, 22, 130])
  })
})

t.test('with flatten all dimensions but the first are the input, without it the last alone', async t => {
  inSession(() => {
    const shapes = (flatten: boolean): string[] => {
      const dense = new Dense(4, { flatten })
      dense.initialize()
      return [call(dense, counting(2, 3, 5)).shape, dense.weight.shape ?? [], dense.outputShape([7, 3, 5])].map(formatShape)
    }
    t.same(shapes(true), ['(2, 4)', '(4, 15)', '(7, 4)'])
    t.same(shapes(false), ['(2, 3, 4)', '(4, 5)', '(7, 3, 4)'])
  })
})

t.test('a recorded forward and a plain one agree', async t => {
  inSession(() => {
    const dense = new Dense(16)
    dense.initialize()
    const x = counting(4, 9)
    const plain = numbers(call(dense, x))
    t.same(numbers(autograd.record(() => call(dense, x))), plain)
    dense.weight.set_data(numbers(dense.weight.host()).reduce<number[][]>((rows, value, i) => {
      if (i % 9 === 0) rows.push([])
      rows.at(-1)?.push(value * 2)
      return rows
    }, []))
    t.same(numbers(call(dense, x)), plain.map(value => value * 2), 'also after the weight changed')
  })
})

t.test('a forward of a matrix is a product and a sum, and keeps one copy of each parameter on the device', async t => {
  const dense = new Dense(3, { in_units: 2 })
  dense.initialize()
  const x = counting(4, 2)
  const before = tf.memory().numTensors
  const forward = (): void => { tf.tidy(() => { call(dense, x) }) }
  forward()
  t.equal(tf.memory().numTensors, before + 2)
  const { kernels } = await tf.profile(forward as () => tf.TensorContainer)
  t.same(kernels.map(kernel => kernel.name), ['BatchMatMul', 'Add'])
  x.dispose()
})

t.test('its repr tells the widths that are known, and the activation', async t => {
  inSession(() => {
    t.equal(String(new Dense(10)), 'Dense(-1 -> 10, linear)')
    t.equal(String(new Dense(10, { in_units: 20, activation: 'relu' })), 'Dense(20 -> 10, Activation(relu))')
    const net = new Dense(10)
    net.initialize()
    call(net, counting(1, 3))
    t.equal(String(net), 'Dense(3 -> 10, linear)')
  })
})

t.test('an unknown activation is an error of the first forward, naming the layer', async t => {
  inSession(() => {
    const dense = new Dense(2, { activation: 'swoosh' })
    dense.initialize()
    refuses(t, () => call(dense, counting(1, 2)), 'deferred_inference_failed', 'ValueError', ['dense0', '\'swoosh\''])
    const known = new Dense(2, { activation: 'swoosh', in_units: 2 })
    known.initialize()
    refuses(t, () => call(known, counting(1, 2)), 'unknown_activation', 'MXNetError', ['\'swoosh\'', '\'relu\''])
  })
})

t.test('a layer without units, and a scalar input, are refused', async t => {
  inSession(() => {
    const none = new Dense(0)
    none.initialize()
    refuses(t, () => call(none, counting(1, 2)), 'deferred_inference_failed', 'ValueError', ['dense0', 'units is 0'])
    const dense = new Dense(1)
    dense.initialize()
    refuses(t, () => call(dense, counting()), 'deferred_inference_failed', 'ValueError', ['dense1', '()'])
  })
})

t.test('rows of no values give the bias alone', async t => {
  inSession(() => {
    const dense = new Dense(2)
    dense.initialize()
    dense.bias?.set_data([1, 2])
    t.same(numbers(call(dense, np.zeros([3, 0]))), [1, 2, 1, 2, 1, 2])
    t.same(dense.weight.shape, [2, 0])
  })
})

t.test('a batch of no rows gives no rows', async t => {
  inSession(() => {
    const dense = new Dense(3, { in_units: 2 })
    dense.initialize()
    t.same(call(dense, np.zeros([0, 2])).shape, [0, 3])
  })
})
