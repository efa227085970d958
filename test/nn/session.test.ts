import t from 'tap'
import { Dense, Sequential, Session, session } from '../../src/nn/index.ts'
import { print } from '../../src/nn/print.ts'
import { call, counting, inSession, numbers, refuses } from './harness.ts'

const drawn = (): number[] => [...session().random.uniform(0, 1, [3]).data].map(Number)

t.test('two sessions influence neither each other\'s names nor numbers', async t => {
  const work = (each: (name: string, values: number[]) => void): (() => void) => () => { each(new Dense(1).name, drawn()) }
  const alone: unknown[] = []
  const single = new Session({ seed: 7 })
  for (let i = 0; i < 3; i++) single.run(work((...seen) => { alone.push(seen) }))
  const mixed: unknown[] = []
  const [first, second] = [new Session({ seed: 7 }), new Session({ seed: 8 })]
  for (let i = 0; i < 3; i++) {
    first.run(work((...seen) => { mixed.push(seen) }))
    second.run(work(() => {}))
    second.run(() => { first.run(() => {}) })
  }
  t.same(mixed, alone)
  t.notSame(new Session({ seed: 8 }).run(drawn), new Session({ seed: 7 }).run(drawn))
})

t.test('the session of the caller is back after run, also when it throws', async t => {
  const [outer, inner] = [new Session(), new Session()]
  outer.run(() => {
    t.throws(() => inner.run(() => { throw new Error('no') }), { message: 'no' })
    t.equal(inner.run(() => session()), inner)
    t.equal(session(), outer)
  })
})

t.test('a session without a seed is that of a fresh process', async t => {
  t.same(new Session().run(drawn), new Session({ seed: 0 }).run(drawn))
})

t.test('what Blocks print and warn goes where the session says', async t => {
  inSession(({ printed, warnings }) => {
    print('Init', 'dense0_weight', [2, 3])
    const dense = new Dense(1, { in_units: 1 })
    dense.initialize()
    dense.initialize()
    t.same(printed, ['Init dense0_weight 2,3'])
    t.equal(warnings.length, 2)
  })
})

t.test('the bytes of all parameters are bounded, before any is allocated', async t => {
  inSession(() => {
    const net = new Sequential().add(new Dense(10, { in_units: 10, use_bias: false }), new Dense(10, { in_units: 10, use_bias: false }))
    refuses(t, () => { net.initialize() }, 'too_many_parameter_bytes', undefined, ['800', '799'])
    t.same(net.collect_params().values().map(({ state }) => state), ['ready', 'uninitialized'])
    const huge = new Dense(2 ** 20, { in_units: 2 ** 20, use_bias: false })
    refuses(t, () => { huge.initialize() }, 'too_many_parameter_bytes', undefined, [String(2 ** 42 + 400)])
  }, { limits: { parameterBytes: 799 } })
})

t.test('the bound holds again when a deferred shape becomes known', async t => {
  inSession(() => {
    const dense = new Dense(10, { use_bias: false })
    dense.initialize()
    refuses(t, () => call(dense, counting(1, 10)), 'too_many_parameter_bytes', undefined, ['400', '399'])
    t.equal(dense.weight.state, 'deferred')
  }, { limits: { parameterBytes: 399 } })
})

t.test('a cast that would go past the bound changes nothing', async t => {
  inSession(() => {
    const dense = new Dense(2, { in_units: 2, use_bias: false })
    dense.initialize()
    refuses(t, () => { dense.cast('float64') }, 'too_many_parameter_bytes', undefined, ['32', '16'])
    t.equal(dense.weight.dtype, 'float32')
    t.equal(dense.weight.host().dtype, 'float32')
  }, { limits: { parameterBytes: 16 } })
})

t.test('a parameter that is drawn again does not count twice', async t => {
  inSession(() => {
    const dense = new Dense(10, { in_units: 10, use_bias: false })
    for (let i = 0; i < 5; i++) dense.initialize({ force_reinit: true })
    dense.weight.set_data(counting(10, 10))
    t.equal(numbers(dense.weight.host())[99], 100)
  }, { limits: { parameterBytes: 400 } })
})

t.test('outputs are bounded before they are computed', async t => {
  inSession(() => {
    const dense = new Dense(50, { in_units: 1 })
    dense.initialize()
    t.same(call(dense, counting(2, 1)).shape, [2, 50])
    refuses(t, () => call(dense, counting(3, 1)), 'too_many_elements', undefined, ['(3, 50)', '100'])
  }, { limits: { elements: 100 } })
})
