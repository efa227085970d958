import t from 'tap'
import { Dense, Sequential, Traced } from '../../src/nn/index.ts'
import { call, counting, inSession, Same, Wrap } from './harness.ts'

t.test('hooks run in order of registration, before and after forward, with block, inputs and output', async t => {
  inSession(() => {
    const seen: unknown[] = []
    const x = counting(2)
    const net = new Wrap(input => { seen.push('forward'); return input })
    net.register_forward_hook((block, inputs, output) => { seen.push(['after', block === net, inputs[0] === x, output === x]) })
    net.register_forward_pre_hook((block, inputs) => { seen.push(['before 1', block === net, inputs.length]) })
    net.register_forward_pre_hook(() => { seen.push('before 2') })
    t.equal(net.call(x), x, 'and what hooks return is ignored')
    t.same(seen, [['before 1', true, 1], 'before 2', 'forward', ['after', true, true, true]])
  })
})

t.test('the same function registered twice runs once', async t => {
  inSession(() => {
    let runs = 0
    const count = (): void => { runs++ }
    const net = new Same()
    net.register_forward_hook(count)
    net.register_forward_hook(count)
    net.call(counting(1))
    t.equal(runs, 1)
  })
})

t.test('a detached hook runs no more, and detaching again does nothing', async t => {
  inSession(() => {
    const seen: string[] = []
    const net = new Same()
    const handle = net.register_forward_hook(() => { seen.push('a') })
    net.register_forward_hook(() => { seen.push('b') })
    net.call(counting(1))
    handle.detach()
    handle.detach()
    net.call(counting(1))
    t.same(seen, ['a', 'b', 'b'])
  })
})

t.test('a hook may detach itself while it runs', async t => {
  inSession(() => {
    const seen: string[] = []
    const net = new Same()
    const handle = net.register_forward_pre_hook(() => { seen.push('once'); handle.detach() })
    net.register_forward_pre_hook(() => { seen.push('always') })
    net.call(counting(1))
    net.call(counting(1))
    t.same(seen, ['once', 'always', 'always'])
  })
})

t.test('hooks of an activation inside a Dense also run while its shapes are inferred, with a name for values', async t => {
  inSession(() => {
    const net = new Sequential().add(new Dense(2, { activation: 'relu' }))
    net.initialize()
    const outputs: string[] = []
    const act = (net.at(0) as Dense).act
    act?.register_forward_hook((_block, _inputs, output) => { outputs.push(output instanceof Traced ? String(output) : 'values') })
    call(net, counting(1, 3))
    call(net, counting(1, 3))
    t.same(outputs, ['<_Symbol dense0_relu_fwd>', 'values', 'values'])
  })
})

t.test('a hook that throws stops the call', async t => {
  inSession(() => {
    const net = new Wrap(() => { throw new Error('forward ran') })
    net.register_forward_pre_hook(() => { throw new Error('not this input') })
    t.throws(() => net.call(counting(1)), { message: 'not this input' })
  })
})
