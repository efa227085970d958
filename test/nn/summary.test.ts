import t from 'tap'
import { autograd, Block, Dense, Dropout, Sequential, type NDArray, type Output } from '../../src/nn/index.ts'
import { call, counting, inSession, refuses } from './harness.ts'
import { stepsOf } from './layers/fixtures.ts'

const printed = (id: string, n = 0): string | undefined => stepsOf('models', id).filter(({ what }) => what === 'summary')[n]?.expect?.stdout
const rows = (text: string): string[] => text.split('\n').map(line => line.trim().replaceAll(/ {2,}/g, ' '))

const mlp = (): Sequential => new Sequential().add(new Dense(8, { activation: 'relu' }), new Dense(8), new Dense(1))

class NestMLP extends Block {
  net: Block = new Sequential().add(new Dense(5, { activation: 'relu' }), new Dense(6, { activation: 'relu' }))
  dense: Block = new Dense(7, { activation: 'relu' })
  override forward (x: NDArray): Output { return this.dense.call(this.net.call(x) as NDArray) }
}

t.test('the table of a network that is still deferred is MXNet\'s, with rows of the inference of shapes', async t => {
  inSession(() => {
    const net = mlp()
    net.initialize()
    t.equal(`${net.summary(counting(2, 4))}\n`, printed('summary_mlp'))
  })
})

t.test('after a forward it has one row per layer, own parameters only', async t => {
  inSession(() => {
    const net = new Sequential().add(new Dense(8, { activation: 'relu' }), new Dense(8), new Dropout(0.5), new Dense(1))
    net.initialize()
    call(net, counting(2, 4))
    t.equal(`${net.summary(counting(2, 4))}\n`, printed('summary_after_forward'))
  })
})

t.test('containers of one\'s own have a row, Sequentials have none', async t => {
  inSession(() => {
    const net = new NestMLP()
    net.initialize()
    call(net, counting(2, 4))
    t.equal(`${net.summary(counting(2, 4))}\n`, printed('summary_after_forward', 1))
  })
})

t.test('shared parameters and those without gradient are counted apart', async t => {
  inSession(() => {
    const first = new Dense(4)
    const last = new Dense(2)
    const net = new Sequential().add(first, new Dense(4, { params: first.params }), last)
    net.initialize()
    last.collect_params().setattr('grad_req', 'null')
    call(net, counting(2, 4))
    t.equal(`${net.summary(counting(2, 4))}\n`, printed('summary_after_forward', 2))
  })
})

t.test('outputs of several arrays print all their shapes', async t => {
  class Twice extends Block {
    override forward (x: NDArray): Output { return [x, x] }
  }
  inSession(() => {
    t.ok(rows(new Twice().summary(counting(2, 8))).includes('Twice-1 (2, 8), (2, 8) 0'))
  })
})

t.test('a hybridized network has no summary, and a failed one leaves no hook', async t => {
  inSession(() => {
    const net = mlp()
    net.initialize()
    net.hybridize()
    refuses(t, () => net.summary(counting(2, 4)), 'hybridized_summary', 'AssertionError', ['sequential0'])
    net.hybridize(false)
    call(net, counting(2, 4))
    refuses(t, () => net.summary(counting(2, 5)), 'wrong_input_shape', 'MXNetError', ['(2, 5)'])
    t.equal(rows(net.summary(counting(2, 4))).filter(row => row.startsWith('Dense-')).length, 3)
    t.same(autograd.is_recording(), false)
  })
})
