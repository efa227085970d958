import t from 'tap'
import { Dense, Initializer, Parameter, Sequential, session, type NDArray, type Weight } from '../../src/nn/index.ts'
import type { RandomStream } from '../../src/nn/random/stream.ts'
import { call, counting, inSession, numbers, refuses } from './harness.ts'

class Recording extends Initializer {
  readonly seen: string[] = []
  override init_weight (name: string, { shape, data }: Weight, random: RandomStream): void {
    this.seen.push(`${name} ${shape.join('x')}`)
    data.set(random.uniform(0, 1, shape).data as Float32Array)
  }
}

const states = (net: Sequential | Dense): string[] => net.collect_params().values().map(({ state }) => state)

t.test('a bias is ready after initialize, a weight of unknown width after the first forward', async t => {
  inSession(() => {
    const net = new Sequential().add(new Dense(4), new Dense(2))
    t.same(states(net), ['uninitialized', 'uninitialized', 'uninitialized', 'uninitialized'])
    net.initialize()
    t.same(states(net), ['deferred', 'ready', 'deferred', 'ready'])
    call(net, counting(3, 5))
    t.same(states(net), ['ready', 'ready', 'ready', 'ready'])
    t.same(net.collect_params('.*weight').values().map(({ shape }) => shape), [[4, 5], [2, 4]])
  })
})

t.test('with in_units everything is drawn by initialize, in order', async t => {
  inSession(() => {
    const net = new Sequential().add(new Dense(2, { in_units: 3 }), new Dense(1, { in_units: 2 }))
    const init = new Recording()
    net.initialize({ init })
    t.same(init.seen, ['dense0_weight 2x3', 'dense1_weight 1x2'])
    t.same(states(net), ['ready', 'ready', 'ready', 'ready'])
  })
})

t.test('the first forward draws layer by layer, and the initializer sees full names', async t => {
  inSession(() => {
    const net = new Sequential().add(new Dense(2, { prefix: 'first_' }), new Dense(1, { bias_initializer: null }))
    const init = new Recording()
    net.initialize({ init })
    t.same(init.seen, [], 'a bias has its own initializer: zeros')
    call(net, counting(1, 3))
    t.same(init.seen, ['first_weight 2x3', 'dense0_weight 1x2'])
    call(net, counting(1, 3))
    t.equal(init.seen.length, 2, 'and once only')
  })
})

t.test('what is drawn between initialize and the first forward comes first in the stream', async t => {
  const values = (early: number): number[] => inSession(() => {
    const net = new Dense(2)
    net.initialize()
    session().random.uniform(0, 1, [early])
    call(net, counting(1, 3))
    return numbers(net.weight.host())
  })
  t.notSame(values(1), values(0))
  const stream = inSession(() => [...session().random.uniform(-0.07, 0.07, [8]).data])
  t.same(values(0), stream.slice(0, 6))
  t.same(values(2), stream.slice(2, 8))
})

t.test('forward without initialize says which parameter and what to do', async t => {
  inSession(() => {
    refuses(t, () => new Dense(2).call(counting(1, 3)), 'not_initialized', 'RuntimeError', ['\'dense0_weight\''])
  })
})

t.test('a forced initialize before the first forward defers again, and after it draws at once', async t => {
  inSession(() => {
    const net = new Dense(2)
    net.initialize({ init: 'zeros' })
    net.initialize({ init: 'ones' })
    t.equal(net.weight.state, 'deferred')
    call(net, counting(1, 3))
    t.same(numbers(net.weight.host()), [1, 1, 1, 1, 1, 1], 'a deferred weight takes the initializer given last')
    net.initialize({ init: { type: 'Constant', value: 5 }, force_reinit: true })
    t.same(numbers(net.weight.host()), [5, 5, 5, 5, 5, 5])
    t.same(numbers(net.bias?.host() ?? []), [0, 0])
  })
})

t.test('data set while deferred fixes the shape and becomes the value at the first forward', async t => {
  inSession(() => {
    const net = new Dense(1)
    net.initialize()
    const before = session().random.signature
    net.weight.set_data([[1, 2, 3]])
    t.same(net.weight.shape, [1, 3])
    refuses(t, () => net.weight.data(), 'deferred', 'DeferredInitializationError', ['dense0_weight', '(1, 3)'])
    t.same(numbers(call(net, counting(1, 3))), [14])
    t.equal(session().random.signature, before, 'nothing is drawn')
    refuses(t, () => { net.weight.set_data([[1, 2]]) }, 'shape_conflict', 'AssertionError', ['(1, 3)', '(1, 2)'])
  })
})

t.test('data of a width set while deferred refuses inputs of another', async t => {
  inSession(() => {
    const net = new Dense(1)
    net.initialize()
    net.weight.set_data([[1, 2, 3]])
    refuses(t, () => call(net, counting(1, 4)), 'shape_conflict', 'AssertionError', ['dense0_weight', '(1, 3)', '(1, 4)'])
    t.equal(net.weight.state, 'deferred')
  })
})

t.test('a shared layer takes its width from the first forward, and refuses another one', async t => {
  inSession(() => {
    const shared = new Dense(8)
    const net = new Sequential().add(shared, new Dense(8, { params: shared.params }))
    net.initialize()
    refuses(t, () => call(net, counting(2, 4)), 'wrong_input_shape', 'MXNetError', ['dense1', '(batch, 4)', '(2, 8)'])
    t.same(call(shared, counting(2, 4)).shape, [2, 8])
  })
})

t.test('a layer keeps the input width of its first forward', async t => {
  inSession(() => {
    const net = new Dense(2)
    net.initialize()
    call(net, counting(1, 3))
    const refused = (x: NDArray): void => { refuses(t, () => call(net, x), 'wrong_input_shape', 'MXNetError', ['dense0', '(batch, 3)', `(${x.shape.join(', ')})`]) }
    refused(counting(1, 4))
    refused(counting(3, 1, 1))
    t.same(call(net, counting(1, 3, 1)).shape, [1, 2], 'what is flattened to that width fits')
  })
})

t.test('a parameter deferred for ever stays so when its own block cannot tell its shape', async t => {
  inSession(() => {
    const parameter = new Parameter('w', { shape: [0], allow_deferred_init: true })
    parameter.initialize()
    refuses(t, () => { parameter.finish_deferred_init() }, 'deferred_shape_unknown', 'AssertionError', ['\'w\'', '(-1,)'])
    parameter.shape = [2]
    parameter.finish_deferred_init()
    t.equal(parameter.state, 'ready')
  })
})
