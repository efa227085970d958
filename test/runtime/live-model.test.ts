import { deepStrictEqual } from 'node:assert'
import t from 'tap'
import fc from 'fast-check'
import * as tf from '@tensorflow/tfjs-core'
import { BlockserveError } from '../../src/errors.ts'
import {
  backward, createModel, drawRandom, forward, initializeModel, patchData, putData, updateParameter, zeroGrad
} from '../../src/operations/index.ts'
import type { LiveModel } from '../../src/runtime/live-model.ts'
import { errorOf, MLP, openBench, tensor, type Bench } from './harness.ts'

type Action = (bench: Bench, model: string) => unknown

const parameter = fc.constantFrom('dense0_weight', 'dense0_bias', '2.weight', '2.bias', 'nobody')
const input = fc.constantFrom(tensor([1, 2], 1, 2), tensor([2, 2], -1, 0, 3, 1), tensor([1, 3], 1, 2, 3))
const init = fc.constantFrom('zeros', 'xavier', { type: 'Normal', sigma: 0.5 }, { type: 'Uniform', scale: 2 })

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ init, force_reinit: fc.boolean() })
    .map(options => (bench: Bench, model: string) => bench.run(initializeModel, { model, ...options })),
  fc.constantFrom('.*weight', 'dense1')
    .map(select => (bench: Bench, model: string) => bench.run(initializeModel, { model, select, force_reinit: true })),
  fc.record({ input, train_mode: fc.boolean() })
    .map(({ input, train_mode }) => (bench: Bench, model: string) => bench.run(forward, { model, inputs: [input], train_mode })),
  input.map(input => (bench: Bench, model: string) => bench.run(backward, { model, inputs: [input] })),
  parameter.map(parameter => (bench: Bench, model: string) => bench.run(putData, { model, parameter, value: tensor([2], 7, 8) })),
  parameter
    .map(parameter => (bench: Bench, model: string) => bench.run(putData, { model, parameter, value: tensor([3, 2], 1, 2, 3, 4, 5, 6) })),
  parameter.map(parameter => (bench: Bench, model: string) => bench.run(patchData, { model, parameter, slice: '0', add: tensor([], 1) })),
  fc.record({ parameter, grad_req: fc.constantFrom('write', 'add', 'null'), lr_mult: fc.constantFrom(1, 2) })
    .map(change => (bench: Bench, model: string) => bench.run(updateParameter, { model, ...change } as never)),
  parameter.map(parameter => (bench: Bench, model: string) => bench.run(zeroGrad, { model, parameter })),
  fc.constantFrom('uniform', 'normal', 'randint').map(distribution => (bench: Bench, model: string) =>
    bench.run(drawRandom, { model, distribution: distribution as 'uniform', shape: [3], high: 9 }))
)

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** All there is of a model but its gradients. */
function contents (live: LiveModel): unknown {
  return {
    description: asJson(live.description),
    record: asJson(live.record),
    parameters: live.parameters().map(one => [one.name, one.snapshot()]),
    rows: live.parameters().map(one => live.valueRevision(one.name)),
    stream: live.session.random.save()
  }
}

const attempt = (bench: Bench, model: string, action: Action): void => {
  try {
    action(bench, model)
  } catch (error) {
    if (!(error instanceof BlockserveError) || error.status >= 500) throw error
  }
}

t.test('after any operations, failed ones among them, a model restored from the store is the model in memory', async t => {
  const bench = openBench(t)
  let n = 0
  fc.assert(fc.property(fc.array(action, { minLength: 1, maxLength: 12 }), fc.nat(100), (actions, seed) => {
    const name = `m${n++}`
    bench.run(createModel, { name, seed, architecture: MLP })
    for (const one of actions) attempt(bench, name, one)
    const [live, restored] = [bench, bench.restarted()].map(({ runtime }) => contents(runtime.models.get(name)))
    deepStrictEqual(restored, live)
    bench.runtime.models.drop(name)
    bench.store.transact(tx => { tx.removeModel(tx.model(name)?.id ?? 0) })
  }), { numRuns: 40 })
})

t.test('a model that failed half-way goes on from what is saved', async t => {
  const bench = openBench(t)
  bench.run(createModel, { name: 'm', seed: 0, architecture: MLP })
  bench.run(initializeModel, { model: 'm' })
  const before = contents(bench.runtime.models.get('m'))
  errorOf(() => bench.run(forward, { model: 'm', inputs: [tensor([1, 2], 1, 2), tensor([1], 1)] }))
  t.same(contents(bench.runtime.models.get('m')), before)
})

t.test('nothing has changed in a model that was just saved or restored', async t => {
  const bench = openBench(t)
  bench.run(createModel, { name: 'm', seed: 0, architecture: MLP })
  bench.run(initializeModel, { model: 'm' })
  t.equal(bench.runtime.models.get('m').changed, false)
  t.equal(bench.restarted().runtime.models.get('m').changed, false)
})

t.test('each kind of change is seen on its own', async t => {
  const bench = openBench(t)
  bench.run(createModel, { name: 'm', seed: 0, architecture: MLP })
  bench.run(initializeModel, { model: 'm' })
  const changes: Readonly<Record<string, (live: LiveModel) => void>> = {
    'a draw': live => { live.session.random.uniform(0, 1, [1]) },
    'a draw of the parallel generator': live => { live.session.random.randint(9) },
    'a multiplier': live => { Object.assign(live.parameter('2.bias') ?? {}, { lr_mult: 3 }) },
    'a gradient requirement': live => { Object.assign(live.parameter('2.bias') ?? {}, { grad_req: 'add' }) },
    'a value': live => { live.parameter('dense1_bias')?.set_data([1, 2]) },
    'a value that waits': live => { live.parameter('dense0_weight')?.set_data([[1], [2], [3]]) },
    'a dtype': live => { live.parameter('dense1_bias')?.cast('float64') }
  }
  for (const [what, change] of Object.entries(changes)) {
    const live = bench.restarted().runtime.models.get('m')
    live.session.run(() => { change(live) })
    t.equal(live.changed, true, what)
  }
})

t.test('a model that was dropped holds nothing on the device', async t => {
  const bench = openBench(t)
  const before = tf.memory().numTensors
  bench.run(createModel, { name: 'm', seed: 0, architecture: MLP })
  bench.run(initializeModel, { model: 'm' })
  bench.run(forward, { model: 'm', inputs: [tensor([1, 2], 1, 2)] })
  t.ok(tf.memory().numTensors > before)
  bench.runtime.models.drop('m')
  t.equal(tf.memory().numTensors, before)
})

t.test('a model whose spec cannot be built any more is unavailable, and says why', async t => {
  const bench = openBench(t)
  bench.run(createModel, { name: 'm', seed: 0, architecture: 'Fragile' })
  const { runtime, store } = bench.restarted()
  const record = store.model('m')
  if (record !== undefined) store.transact(tx => { tx.putModel({ ...record, spec: { type: 'Gone' } }) })
  t.match(errorOf(() => runtime.models.get('m')), { code: 'model_unavailable', status: 409, message: /'m'.*cannot be built again.*Gone/ })
})
