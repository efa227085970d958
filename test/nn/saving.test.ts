import t from 'tap'
import { Dense, Sequential, structuralValues } from '../../src/nn/index.ts'
import { inSession } from './harness.ts'

const tied = (): Sequential => {
  const first = new Dense(2, { in_units: 2 })
  return new Sequential().add(first, new Dense(2, { in_units: 2, params: first.params }))
}

t.test('values are saved by structural name in order; shared ones once per path, or once under the last', async t => {
  inSession(() => {
    const net = tied()
    net.initialize()
    t.same([...structuralValues(net).keys()], ['0.weight', '0.bias', '1.weight', '1.bias'])
    t.same([...structuralValues(net, { deduplicate: true }).keys()], ['1.weight', '1.bias'])
    const three = tied().add(new Dense(1, { in_units: 2 }))
    three.register_child(three.at(0))
    three.initialize()
    t.same([...structuralValues(three, { deduplicate: true }).keys()], ['3.weight', '3.bias', '2.weight', '2.bias'], 'at the place of the first path')
  })
})

t.test('what has no value cannot be saved', async t => {
  inSession(() => {
    const net = new Sequential().add(new Dense(2))
    t.throws(() => structuralValues(net), { code: 'not_initialized', message: /dense0_weight/ })
    net.initialize()
    t.throws(() => structuralValues(net), { code: 'deferred', message: /dense0_weight/ })
  })
})
