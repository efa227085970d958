import t from 'tap'
import { BlockRegistry, builtinBlocks } from '../../src/nn/registry.ts'
import { createModel, forward, initializeModel } from '../../src/operations/index.ts'
import { checkAvailability } from '../../src/runtime/availability.ts'
import { errorOf, openBench, tensor } from './harness.ts'

t.test('a model whose types are gone is unavailable from the start, keeps its data, and comes back with them', async t => {
  const bench = openBench(t)
  bench.run(createModel, { name: 'm', seed: 0, architecture: { type: 'Sequential', children: [{ type: 'Fragile' }] } as never })
  bench.run(createModel, { name: 'other', architecture: { type: 'Dense', units: 1 } })
  bench.run(initializeModel, { model: 'm' })
  bench.run(forward, { model: 'm', inputs: [tensor([2], 1, 2)] })
  const { store, runtime: { registry } } = bench
  const before = store.model('m')
  checkAvailability(store, registry)
  t.same(store.model('m'), before, 'nothing to do while all is there')
  checkAvailability(store, builtinBlocks())
  t.match(store.model('m'), { state: 'unavailable', reason: /'Fragile'/, revision: before?.revision })
  t.match(store.model('other'), { state: 'created', reason: null })
  t.match(errorOf(() => bench.restarted().runtime.models.get('m')), { code: 'model_unavailable', message: /'m'.*'Fragile'/ })
  t.ok(store.value(1, 'fragile0_weight'), 'the value is kept')
  checkAvailability(store, registry)
  t.same(store.model('m'), before)
  t.match(bench.restarted().run(forward, { model: 'm', inputs: [tensor([2], 1, 2)] }), { outputs: [{ shape: [2] }] })
})

t.test('more models than one page are looked at', async t => {
  const bench = openBench(t)
  const { store } = bench
  bench.run(createModel, { name: 'a', architecture: { type: 'Dense', units: 1 } })
  const record = store.model('a')
  if (record !== undefined) store.transact(tx => { for (let i = 0; i < 1100; i++) tx.putModel({ ...record, id: tx.nextModelId(), name: `n${i}` }) })
  checkAvailability(store, new BlockRegistry())
  t.equal(store.models({ limit: 2000 }).items.filter(({ state }) => state === 'unavailable').length, 1101)
})
