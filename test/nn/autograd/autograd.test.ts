import t from 'tap'
import { autograd, Block, Dense, Dropout, Sequential, type NDArray, type Output } from '../../../src/nn/index.ts'
import * as np from '../../../src/nn/np/index.ts'
import { array, call, close, counting, inSession, numbers, refuses, tf, Wrap } from '../harness.ts'

const { attach_grad, backward, grad_of, record } = autograd

/** The gradient of `fn` at `values` by central differences. */
function differences (fn: (x: NDArray) => NDArray, values: readonly number[], step = 0.01): number[] {
  const at = (i: number, by: number): number => np.asscalar(fn(array(values.map((value, k) => k === i ? value + by : value))))
  return values.map((_, i) => (at(i, step) - at(i, -step)) / (2 * step))
}

function gradient (fn: (x: NDArray) => NDArray, values: readonly number[]): number[] {
  const x = array(values)
  attach_grad(x)
  backward(record(() => fn(x)))
  return numbers(grad_of(x))
}

const SMOOTH: Readonly<Record<string, (x: NDArray) => NDArray>> = {
  'sums of squares': x => np.sum(np.square(x)),
  'quotients and roots': x => np.sum(np.divide(np.sqrt(x), np.add(x, 1))),
  'exponentials and logarithms': x => np.sum(np.multiply(np.exp(np.negative(x)), np.log(x))),
  'a mean of sigmoids and tanh': x => np.mean(np.multiply(np.sigmoid(x), np.tanh(x))),
  'matrix products': x => np.sum(np.square(np.dot(np.reshape(x, [2, 2]), counting(2, 3)))),
  'what is joined and broadcast': x => np.sum(np.multiply(np.concatenate([x, np.square(x)]), np.sum(x)))
}

for (const [what, fn] of Object.entries(SMOOTH)) {
  t.test(`gradients of ${what} agree with finite differences`, async t => {
    inSession(() => {
      const values = [0.7, 1.3, 0.4, 2.1]
      close(t, array(gradient(fn, values)), array(differences(fn, values)), 2e-3)
    })
  })
}

t.test('gradients of parameters agree with finite differences', async t => {
  inSession(() => {
    const net = new Sequential().add(new Dense(3, { activation: 'tanh' }), new Dense(1))
    net.initialize({ init: { type: 'Normal', sigma: 0.5 } })
    const x = counting(2, 2)
    backward(record(() => call(net, x)))
    for (const parameter of net.collect_params().values()) {
      const [shape, values] = [parameter.shape ?? [], numbers(parameter.host())]
      const received = parameter.grad()
      const loss = (changed: NDArray): NDArray => {
        parameter.set_data(np.reshape(changed, shape))
        return np.sum(call(net, x))
      }
      close(t, received, array(differences(loss, values)), 5e-3, parameter.name)
      parameter.set_data(np.reshape(array(values), shape))
    }
  })
})

t.test('the slope of |x| at 0 is 0, and of relu at 0 as well', async t => {
  inSession(() => {
    t.same(gradient(np.abs, [-2, 0, 3]), [-1, 0, 1])
    t.same(gradient(np.relu, [-2, 0, 3]), [0, 0, 1])
  })
})

t.test('record and train_mode say what they are, and end with their function, also by a throw', async t => {
  inSession(() => {
    const modes = (): boolean[] => [autograd.is_recording(), autograd.is_training()]
    t.same(modes(), [false, false])
    record(() => {
      t.same(modes(), [true, true])
      autograd.pause(() => { t.same(modes(), [false, false]) })
      autograd.pause(() => { t.same(modes(), [false, true]) }, { train_mode: true })
      autograd.predict_mode(() => { t.same(modes(), [true, false]) })
      record(() => { t.same(modes(), [true, false]) }, { train_mode: false })
      t.same(modes(), [true, true])
    })
    record(() => { t.same(modes(), [true, false]) }, { train_mode: false })
    autograd.train_mode(() => { t.same(modes(), [false, true]) })
    t.throws(() => record(() => { throw new Error('no') }), { message: 'no' })
    t.throws(() => record(() => autograd.pause(() => { throw new Error('no') })), { message: 'no' })
    t.same(modes(), [false, false])
  })
})

t.test('Dropout drops in a recording, unless it is in inference mode', async t => {
  inSession(() => {
    const dropout = new Dropout(0.5)
    const x = np.ones([100])
    t.ok(numbers(record(() => call(dropout, x))).includes(0))
    t.notOk(numbers(record(() => call(dropout, x), { train_mode: false })).includes(0))
    t.ok(numbers(autograd.train_mode(() => call(dropout, x))).includes(0))
  })
})

t.test('what is computed in a pause is a constant', async t => {
  inSession(() => {
    t.same(gradient(x => np.multiply(x, autograd.pause(() => np.square(x))), [3]), [9])
  })
})

t.test('head gradients weigh the outputs, and must have their shape', async t => {
  inSession(() => {
    const x = array([[1, 2], [3, 4]])
    attach_grad(x)
    const run = (): NDArray => record(() => np.square(x))
    backward(run(), [[[1, 0], [0, 10]]])
    t.same(numbers(grad_of(x)), [2, 0, 0, 80])
    refuses(t, () => { backward(run(), [[1, 2]]) }, 'head_gradient_shape', 'MXNetError', ['0', '(2,)', '(2, 2)'])
    refuses(t, () => { backward(run(), [null, null]) }, 'head_gradient_count', 'ValueError', ['2', '1'])
    backward(run(), [null])
    t.same(numbers(grad_of(x)), [2, 4, 6, 8], 'null is ones')
  })
})

t.test('several heads add up, also one head given twice', async t => {
  inSession(() => {
    const x = array([1, 2])
    attach_grad(x)
    const [square, triple] = record(() => [np.square(x), np.multiply(x, 3)]) as [NDArray, NDArray]
    backward([square, triple], [[1, 1], [10, 100]])
    t.same(numbers(grad_of(x)), [32, 304])
    const y = record(() => np.square(x))
    backward([y, y])
    t.same(numbers(grad_of(x)), [4, 8])
  })
})

t.test('grad_req add accumulates, write replaces, null leaves none', async t => {
  inSession(() => {
    const net = new Dense(1, { in_units: 2 })
    net.initialize({ init: 'ones' })
    const step = (): void => { backward(record(() => call(net, array([[1, 2]])))) }
    step()
    step()
    t.same(numbers(net.weight.grad()), [1, 2])
    net.collect_params().setattr('grad_req', 'add')
    step()
    step()
    t.same(numbers(net.weight.grad()), [2, 4], 'add starts from nothing')
    net.collect_params().zero_grad()
    t.same(numbers(net.weight.grad()), [0, 0])
    net.weight.grad_req = 'null'
    step()
    refuses(t, () => net.weight.grad(), 'no_gradient', 'RuntimeError', ['dense0_weight'])
    t.same(numbers(net.bias?.grad() ?? []), [1])
  })
})

t.test('marked arrays accumulate as their grad_req says', async t => {
  inSession(() => {
    const [x, y] = [array([1]), array([1])]
    attach_grad(x, 'add')
    attach_grad(y, 'null')
    for (let i = 0; i < 3; i++) backward(record(() => np.add(np.multiply(x, 2), y)))
    t.same(numbers(grad_of(x)), [6])
    t.same(numbers(grad_of(y)), [0])
  })
})

t.test('a parameter shared by two layers gets the sum of both gradients', async t => {
  inSession(() => {
    const first = new Dense(2, { in_units: 2, use_bias: false })
    const net = new Sequential().add(first, new Dense(2, { in_units: 2, use_bias: false, params: first.params }))
    net.initialize({ init: 'ones' })
    first.weight.set_data([[1, 2], [3, 4]])
    backward(record(() => call(net, array([[1, 1]]))))
    // y = W·W·x: dy/dW = 1·(Wx)ᵀ + Wᵀ1·xᵀ, with Wx = (3, 7) and Wᵀ1 = (4, 6).
    t.same(numbers(first.weight.grad()), [3 + 4, 7 + 4, 3 + 6, 7 + 6])
  })
})

t.test('a block used twice in one forward gets the sum of both gradients', async t => {
  inSession(() => {
    const layer = new Dense(1, { in_units: 1, use_bias: false })
    layer.initialize({ init: { type: 'Constant', value: 3 } })
    backward(record(() => call(layer, call(layer, array([[5]])))))
    t.same(numbers(layer.weight.grad()), [2 * 3 * 5])
  })
})

t.test('loops and branches that depend on values are followed as they ran', async t => {
  class Doubling extends Block {
    override forward (x: NDArray): Output {
      let y = x
      while (np.asscalar(np.sum(np.abs(y))) < 10) y = np.multiply(y, 2)
      return np.asscalar(np.sum(y)) > 0 ? y : np.multiply(y, 100)
    }
  }
  inSession(() => {
    const net = new Doubling()
    t.same(gradient(x => call(net, x), [1]), [16])
    t.same(gradient(x => call(net, x), [-3]), [400])
    t.same(gradient(x => call(net, x), [20]), [1], 'no turn at all: the input itself')
  })
})

t.test('what was not recorded cannot be differentiated, and neither a second time', async t => {
  inSession(() => {
    refuses(t, () => { backward(array([1])) }, 'not_recorded', 'MXNetError', ['recorded'])
    refuses(t, () => grad_of(array([1])), 'not_recorded', 'MXNetError', ['recorded'])
    const x = array([2])
    attach_grad(x)
    const y = record(() => np.square(x))
    backward(y, [], { retain_graph: true })
    backward(y, [[10]])
    t.same(numbers(grad_of(x)), [40])
    refuses(t, () => { backward(y) }, 'not_recorded', 'MXNetError', ['recorded'])
  })
})

t.test('gradients before any backward are zeros', async t => {
  inSession(() => {
    const x = counting(2, 2)
    attach_grad(x)
    t.same(numbers(grad_of(x)), [0, 0, 0, 0])
  })
})

t.test('outputs stay alive after backward, inside a scope', async t => {
  inSession(() => {
    const x = array([2])
    attach_grad(x)
    const { y, z } = record(() => { const y = np.square(x); return { y, z: np.square(y) } })
    backward(z)
    t.same([...numbers(y), ...numbers(z)], [4, 16])
  })
})

const tensors = (): number => tf.memory().numTensors

t.test('200 steps of training leave no tensor behind', async t => {
  const net = new Sequential().add(new Dense(8, { activation: 'relu' }), new Dropout(0.5), new Dense(2))
  inSession(() => {
    net.initialize()
    call(net, counting(4, 3))
  })
  const step = (): void => { inSession(() => { backward(record(() => call(net, counting(4, 3)))) }) }
  step()
  const before = tensors()
  for (let turn = 0; turn < 200; turn++) step()
  t.equal(tensors(), before)
})

t.test('a throw in a recorded forward leaves no tensor behind', async t => {
  const net = new Wrap(x => { np.square(np.add(x, 1)); throw new Error('half-way') })
  const before = tensors()
  for (let turn = 0; turn < 3; turn++) inSession(() => { t.throws(() => record(() => call(net, counting(3))), { message: 'half-way' }) })
  t.equal(tensors(), before)
})

t.test('a throw in a gradient leaves no tensor behind', async t => {
  const own = tf.customGrad((x: unknown) => ({
    value: tf.square(x as NDArray), gradFunc: () => { throw new Error('no slope') }
  }) as never) as (x: NDArray) => NDArray
  const before = tensors()
  for (let turn = 0; turn < 3; turn++) {
    inSession(() => {
      const x = counting(3)
      attach_grad(x)
      const y = record(() => np.square(own(np.square(x))))
      t.throws(() => { backward(y) }, { message: 'no slope' })
    })
  }
  t.equal(tensors(), before)
})

t.test('a recording that nobody differentiates is freed with its scope', async t => {
  const before = tensors()
  inSession(() => { record(() => np.square(counting(3))) })
  t.equal(tensors(), before)
})
