import t from 'tap'
import { autograd, Dense, Dropout, Sequential, session } from '../../../src/nn/index.ts'
import * as np from '../../../src/nn/np/index.ts'
import { array, call, close, counting, inSession, numbers } from '../harness.ts'
import { stepOf, stepsOf, tensorOf } from './fixtures.ts'

const LAYERS: Readonly<Record<string, () => Dropout>> = {
  dropout_train: () => new Dropout(0.3),
  dropout_train_axes: () => new Dropout(0.5, { axes: [1] })
}

for (const [id, make] of Object.entries(LAYERS)) {
  t.test(`the mask of ${id} is MXNet's, bit for bit`, async t => {
    const steps = stepsOf('layers', id)
    inSession(() => {
      session().random.seed(stepOf(steps, 'seed').value ?? 0)
      const x = array(tensorOf(stepOf(steps, 'random').expect?.tensor))
      const net = make()
      t.match(stepOf(steps, 'text').expect?.text, String(net))
      const wanted = tensorOf(stepOf(steps, 'forward').expect?.tensor)
      t.same(numbers(autograd.record(() => call(net, x))), numbers(wanted))
    })
  })
}

t.test('in inference, and with rate 0, the input passes untouched and nothing is drawn', async t => {
  inSession(() => {
    const x = counting(3)
    const before = session().random.signature
    t.equal(call(new Dropout(0.5), x), x)
    t.equal(autograd.train_mode(() => call(new Dropout(0), x)), x)
    t.equal(session().random.signature, before)
  })
})

t.test('values are dropped or scaled by 1/(1 - rate), and gradients by the same mask', async t => {
  inSession(() => {
    const x = array(new Array(1000).fill(1))
    autograd.attach_grad(x)
    const y = autograd.record(() => call(new Dropout(0.2), x))
    t.same([...new Set(numbers(y))].sort(), [0, 1.25])
    t.ok(Math.abs(numbers(y).filter(value => value === 0).length - 200) < 60, 'about the share that was asked for')
    autograd.backward(y)
    t.same(numbers(autograd.grad_of(x)), numbers(y))
  })
})

t.test('along axes whole slices are kept or dropped', async t => {
  inSession(() => {
    const y = numbers(autograd.train_mode(() => call(new Dropout(0.5, { axes: [1] }), np.ones([20, 3]))))
    for (let row = 0; row < 20; row++) t.equal(new Set(y.slice(3 * row, 3 * row + 3)).size, 1, `row ${row}`)
    t.equal(new Set(y).size, 2)
  })
})

t.test('its repr prints the rate as Python does', async t => {
  inSession(() => {
    t.equal(String(new Dropout(0.5)), 'Dropout(p = 0.5, axes=())')
    t.equal(String(new Dropout(0)), 'Dropout(p = 0.0, axes=())')
    t.equal(String(new Dropout(0.1, { axes: [0] })), 'Dropout(p = 0.1, axes=(0,))')
  })
})

t.test('it does not move the stream of np.random', async t => {
  inSession(() => {
    const first = new Dense(1, { in_units: 2 })
    new Sequential().add(first).initialize()
    const next = numbers(session().random.uniform(0, 1, [2]))
    session().random.seed(0)
    const again = new Dense(1, { in_units: 2 })
    again.initialize()
    autograd.train_mode(() => call(new Dropout(0.5), counting(50)))
    close(t, session().random.uniform(0, 1, [2]), array(next), 0)
  })
})
