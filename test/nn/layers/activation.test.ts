import t from 'tap'
import { Activation, ACTIVATIONS, autograd } from '../../../src/nn/index.ts'
import { array, call, close, counting, inSession, numbers, refuses } from '../harness.ts'

const FORMULAS: Readonly<Record<string, (x: number) => number>> = {
  relu: x => Math.max(x, 0),
  sigmoid: x => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  softrelu: x => Math.log1p(Math.exp(x)),
  softsign: x => x / (1 + Math.abs(x))
}

t.same([...ACTIVATIONS].sort(), Object.keys(FORMULAS).sort(), 'there are MXNet\'s five')

for (const [name, formula] of Object.entries(FORMULAS)) {
  t.test(`${name} follows its formula, and its gradient`, async t => {
    inSession(() => {
      const values = [-30, -2, -0.5, 0.25, 1, 3, 30]
      const x = array(values)
      autograd.attach_grad(x)
      const y = autograd.record(() => call(new Activation(name), x))
      close(t, y, array(values.map(formula)), 1e-6)
      autograd.backward(y)
      close(t, autograd.grad_of(x), array(values.map(value => (formula(value + 1e-4) - formula(value - 1e-4)) / 2e-4)), 1e-6, 'gradient')
    })
  })
}

t.test('it keeps any shape', async t => {
  inSession(() => {
    const relu = new Activation('relu')
    t.same(call(relu, counting(2, 1, 3)).shape, [2, 1, 3])
    t.same(relu.infer_output_shapes([[-1, 4]]), [[-1, 4]])
    t.same(numbers(call(relu, counting())), [1])
    t.equal(String(relu), 'Activation(relu)')
  })
})

t.test('an unknown one is an error that lists those there are', async t => {
  inSession(() => {
    for (const name of ['gelu2', 'toString', '']) {
      refuses(t, () => call(new Activation(name, { prefix: 'a_' }), counting(1)), 'unknown_activation', 'MXNetError', [`'${name}'`, 'a:', '\'softsign\''])
    }
  })
})
