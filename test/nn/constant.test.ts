import t from 'tap'
import { hostTensor } from '../../src/tensor.ts'
import { autograd, Block, Constant, session, type NDArray, type Output } from '../../src/nn/index.ts'
import * as np from '../../src/nn/np/index.ts'
import { array, call, inSession, numbers } from './harness.ts'

class Scaled extends Block {
  scale = this.params.get_constant('scale', [[2, 3]])
  override forward (x: NDArray): Output { return np.multiply(x, this.scale.data()) }
}

t.test('a Constant has shape and dtype of its value, and that value whatever the initializer', async t => {
  inSession(() => {
    const constant = new Constant('net_c', [[1, 2], [3, 4]])
    t.equal(String(constant), 'Constant net_c (shape=(2, 2), dtype=float32)')
    const before = session().random.signature
    constant.initialize({ default_init: 'normal' })
    t.same(numbers(constant.data()), [1, 2, 3, 4])
    t.equal(session().random.signature, before, 'and nothing is drawn')
    const ids = new Constant('ids', hostTensor('int64', [2], BigInt64Array.of(3n, -4n)))
    ids.initialize()
    t.same(ids.host(), hostTensor('int64', [2], BigInt64Array.of(3n, -4n)))
  })
})

t.test('its grad_req is null for ever, and who sets another one is warned', async t => {
  inSession(({ warnings }) => {
    const constant = new Constant('net_c', [1])
    constant.grad_req = 'write'
    t.equal(constant.grad_req, 'null')
    t.match(warnings, [/'net_c'.*null/])
    constant.grad_req = 'null'
    t.equal(warnings.length, 1)
  })
})

t.test('gradients pass through a constant and leave it alone', async t => {
  inSession(() => {
    const net = new Scaled()
    net.initialize()
    const x = array([[1, 1]])
    autograd.attach_grad(x)
    const y = autograd.record(() => call(net, x))
    autograd.backward(y)
    t.same(numbers(autograd.grad_of(x)), [2, 3])
    t.same(numbers(net.scale.data()), [2, 3])
    t.throws(() => net.scale.grad(), { code: 'no_gradient' })
  })
})

t.test('a constant is saved like a parameter', async t => {
  inSession(() => {
    const net = new Scaled()
    t.same([...net.collect_params_with_prefix().keys()], ['scale'])
    t.same(net.collect_params().keys(), ['scaled0_scale'])
  })
})
