import t from 'tap'
import * as tf from '@tensorflow/tfjs-core'
import { Block, Dense, type NDArray, type Output } from '../../src/nn/index.ts'
import {
  backward, cloneModel, createModel, deleteModel, drawRandom, forward, initializeModel, loadModel, patchData, putData, readGrad,
  updateParameter, zeroGrad
} from '../../src/operations/index.ts'
import { errorOf, MLP, openBench, tensor, type Bench } from './harness.ts'

const input = tensor([1, 2], 1, 2)

function ready (bench: Bench, name = 'm'): Bench {
  bench.run(createModel, { name, seed: 1, architecture: MLP })
  bench.run(initializeModel, { model: name })
  bench.run(forward, { model: name, inputs: [input] })
  return bench
}

/** All that is saved of a model. */
const savedOf = ({ runtime: { store } }: Bench, name = 'm'): unknown => {
  const record = store.model(name)
  if (record === undefined) return undefined
  const { parameters } = record.description as { parameters: Array<{ name: string }> }
  return { record, values: parameters.map(row => store.value(record.id, row.name)), stream: store.stream(record.id) }
}

t.test('every change raises the revision by one and is in the store; reading changes nothing', async t => {
  const bench = openBench(t)
  const answers = [
    bench.answer(createModel, { name: 'm', seed: 1, architecture: MLP }),
    bench.answer(initializeModel, { model: 'm' }),
    bench.answer(forward, { model: 'm', inputs: [input] }),
    bench.answer(forward, { model: 'm', inputs: [input] }),
    bench.answer(drawRandom, { model: 'm', distribution: 'uniform' }),
    bench.answer(putData, { model: 'm', parameter: 'dense1_bias', value: tensor([2], 1, 2) }),
    bench.answer(readGrad, { model: 'm', parameter: 'dense1_bias' }),
    bench.answer(forward, { model: 'm', inputs: [input], train_mode: true })
  ]
  t.same(answers.map(({ revision }) => revision), [1, 2, 3, 3, 4, 5, 5, 6], 'a second forward is no change, one that drops is')
  t.equal(bench.runtime.store.model('m')?.revision, 6)
})

t.test('a request repeated with its idempotency key gives the first answer and applies once', async t => {
  const bench = ready(openBench(t))
  const add = (key: string): unknown => bench.answer(patchData, { model: 'm', parameter: 'dense1_bias', slice: ':', add: tensor([], 1) }, { idempotency_key: key })
  const first = add('a')
  t.same(add('a'), first)
  t.notSame(add('b'), first)
  t.same([...bench.runtime.store.value(1, 'dense1_bias')?.data ?? []], [2, 2])
  t.same(bench.restarted().answer(patchData, { model: 'm', parameter: 'dense1_bias', slice: ':', add: tensor([], 1) }, { idempotency_key: 'a' }), first, 'also after a restart')
})

t.test('a creation is repeated by its key, random seed and all', async t => {
  const bench = openBench(t)
  const create = (): unknown => bench.answer(createModel, { architecture: MLP }, { idempotency_key: 'k' })
  t.same(create(), create())
  t.equal(bench.runtime.store.modelCount(), 1)
})

t.test('a key used for another request is a conflict, and applies nothing', async t => {
  const bench = ready(openBench(t))
  bench.run(putData, { model: 'm', parameter: 'dense1_bias', value: tensor([2], 1, 2) }, { idempotency_key: 'k' })
  const before = savedOf(bench)
  for (const value of [tensor([2], 1, 3), tensor([1, 2], 1, 2)]) {
    t.match(errorOf(() => bench.run(putData, { model: 'm', parameter: 'dense1_bias', value }, { idempotency_key: 'k' })), { code: 'idempotency_conflict', message: /'k'/ })
  }
  t.match(errorOf(() => bench.run(zeroGrad, { model: 'm', parameter: 'dense1_bias' }, { idempotency_key: 'k' })), { code: 'idempotency_conflict' })
  t.same(savedOf(bench), before)
})

t.test('what failed is not remembered for its key: it may be tried again', async t => {
  const bench = ready(openBench(t))
  const put = (parameter: string): unknown => bench.run(putData, { model: 'm', parameter, value: tensor([2], 1, 2) }, { idempotency_key: 'k' })
  t.match(errorOf(() => put('nobody')), { code: 'parameter_not_found' })
  t.match(put('dense1_bias'), { name: 'dense1_bias' })
})

t.test('If-Match applies a change to the revision the client has seen alone; * to any', async t => {
  const bench = ready(openBench(t))
  const put = (if_match: number | '*'): unknown => bench.answer(putData, { model: 'm', parameter: 'dense1_bias', value: tensor([2], 1, 2) }, { if_match })
  t.match(put(3), { revision: 4 })
  t.match(errorOf(() => put(3)), { code: 'precondition_failed', status: 412, message: /revision 4, not at 3/ })
  t.match(put('*'), { revision: 5 })
  t.match(errorOf(() => bench.run(deleteModel, { model: 'm' }, { if_match: 1 })), { code: 'precondition_failed' })
  t.ok(bench.runtime.store.model('m'))
  t.match(errorOf(() => bench.run(forward, { model: 'm', inputs: [input] }, { if_match: 1 })), { code: 'precondition_failed' })
  bench.run(deleteModel, { model: 'm' }, { if_match: 5 })
  t.equal(bench.runtime.store.model('m'), undefined)
})

const FAILING: Readonly<Record<string, (bench: Bench) => unknown>> = {
  'a forward of another width': bench => bench.run(forward, { model: 'm', inputs: [tensor([1, 5], 1, 2, 3, 4, 5)], train_mode: true }),
  'a head gradient of another shape': bench => bench.run(backward, { model: 'm', inputs: [input], head_gradients: [tensor([3], 1, 2, 3)] }),
  'an initializer that does not exist, after a new seed': bench => bench.run(initializeModel, { model: 'm', init: 'x', force_reinit: true, seed: 9 }),
  'a load of a file that does not fit': bench => bench.run(loadModel, { model: 'm', file: new Uint8Array(30) }),
  'data of another shape': bench => bench.run(putData, { model: 'm', parameter: 'dense0_weight', value: tensor([1], 1) }),
  'a patch that does not broadcast': bench => bench.run(patchData, { model: 'm', parameter: 'dense0_weight', slice: '0', set: tensor([3], 1, 2, 3) }),
  'a draw without its options': bench => bench.run(drawRandom, { model: 'm', distribution: 'choice' })
}

for (const [what, fail] of Object.entries(FAILING)) {
  t.test(`${what} leaves store and memory as they were`, async t => {
    const bench = ready(openBench(t))
    const before = savedOf(bench)
    const output = bench.run(forward, { model: 'm', inputs: [input] })
    const tensors = tf.memory().numTensors
    for (let turn = 0; turn < 3; turn++) errorOf(() => fail(bench))
    t.ok(tf.memory().numTensors <= tensors, 'no tensor is left behind')
    t.same(savedOf(bench), before)
    t.same(bench.run(forward, { model: 'm', inputs: [input] }), output)
    const [here, there] = [bench, bench.restarted()].map(one => one.run(drawRandom, { model: 'm', distribution: 'uniform', shape: [3] }))
    t.notSame(here, there, 'the stream has moved for both')
  })
}

t.test('a failed multi-parameter initialize does not keep the part that was drawn', async t => {
  const bench = openBench(t)
  bench.run(createModel, { name: 'm', seed: 0, architecture: { type: 'Sequential', children: [{ type: 'Dense', units: 2, in_units: 2, bias_initializer: 'xavier' }] } })
  const before = savedOf(bench)
  t.match(errorOf(() => bench.run(initializeModel, { model: 'm' })), { code: 'initializer_shape', message: /dense0_bias/ })
  t.same(savedOf(bench), before)
  t.equal(bench.runtime.models.get('m').parameters()[0]?.state, 'uninitialized')
})

t.test('what the code of a module throws is forward_failed, with the block and its words', async t => {
  const bench = openBench(t)
  bench.run(createModel, { name: 'm', seed: 0, architecture: 'Fragile' })
  bench.run(initializeModel, { model: 'm' })
  const before = savedOf(bench)
  const run = (value: number): unknown => bench.run(forward, { model: 'm', inputs: [tensor([1], value)] })
  t.match(errorOf(() => run(-1)), { code: 'forward_failed', status: 422, message: /fragile0 failed: cannot read what is not there/ })
  t.same(savedOf(bench), before, 'the initialization it completed is forgotten')
  t.equal(bench.runtime.models.get('m').parameters()[0]?.state, 'deferred')
  t.match(run(1), { outputs: [{ shape: [1] }] })
  t.match(errorOf(() => bench.run(backward, { model: 'm', inputs: [tensor([1], -1)] })), { code: 'forward_failed' })
})

t.test('gradients are left by backward, add up when they should, and end by zeroGrad', async t => {
  const bench = ready(openBench(t))
  const grad = (): number[] => [...bench.run(readGrad, { model: 'm', parameter: '2.bias' }).data].map(Number)
  const step = (): unknown => bench.run(backward, { model: 'm', inputs: [input], head_gradients: [tensor([1, 2], 3, 4)] })
  t.same(grad(), [0, 0])
  step()
  step()
  t.same(grad(), [3, 4])
  bench.run(updateParameter, { model: 'm', parameter: '2.bias', grad_req: 'add' })
  step()
  step()
  t.same(grad(), [6, 8])
  bench.run(zeroGrad, { model: 'm', parameter: '2.bias' })
  t.same(grad(), [0, 0])
  bench.run(updateParameter, { model: 'm', parameter: '2.bias', grad_req: 'null' })
  t.match(errorOf(() => grad()), { code: 'no_gradient', status: 409 })
})

t.test('a clone goes on as its original would, and apart from it', async t => {
  const bench = ready(openBench(t))
  bench.run(cloneModel, { model: 'm', name: 'copy' })
  const draw = (model: string): unknown => bench.run(drawRandom, { model, distribution: 'normal', shape: [3] })
  t.same(draw('copy'), draw('m'))
  bench.run(putData, { model: 'm', parameter: 'dense1_bias', value: tensor([2], 5, 5) })
  t.same([...bench.runtime.store.value(2, 'dense1_bias')?.data ?? []], [0, 0])
})

t.test('limits hold for models, bytes and elements, and leave nothing half made', async t => {
  const bench = openBench(t, { models: 1, parameterBytes: 100, elements: 50 })
  t.match(errorOf(() => bench.run(createModel, { architecture: { type: 'Dense', units: 5, in_units: 5 } })), { code: 'too_many_parameter_bytes' })
  t.equal(bench.runtime.store.modelCount(), 0)
  bench.run(createModel, { name: 'm', architecture: { type: 'Dense', units: 2 } })
  t.match(errorOf(() => bench.run(createModel, { architecture: { type: 'Dense', units: 2 } })), { code: 'too_many_models', message: /1/ })
  bench.run(initializeModel, { model: 'm' })
  t.match(errorOf(() => bench.run(forward, { model: 'm', inputs: [tensor([1, 20], ...new Array<number>(20).fill(1))] })), { code: 'too_many_parameter_bytes' })
  t.equal(bench.runtime.models.get('m').parameters()[0]?.state, 'deferred')
  t.match(errorOf(() => bench.run(drawRandom, { model: 'm', distribution: 'uniform', shape: [51] })), { code: 'too_many_elements' })
})

t.test('an unknown model is an error that lists those there are', async t => {
  const bench = ready(openBench(t))
  t.match(errorOf(() => bench.run(forward, { model: 'x', inputs: [input] })), { code: 'model_not_found', message: /'x'.*'m'/ })
})

t.test('a warning is told by the answer it belongs to, and by no later one', async t => {
  const bench = openBench(t)
  bench.run(createModel, { name: 'm', architecture: { type: 'custom', class: 'C', init: [['constant', 'c', { values: [1] }]], forward: [['return', 'x']] } })
  const update = (grad_req: 'write' | 'null'): unknown => bench.run(updateParameter, { model: 'm', parameter: 'c', grad_req })
  t.match(update('write'), { grad_req: 'null', warnings: [/'c0_c' is not trained/] })
  t.equal(Object.hasOwn(update('null') as object, 'warnings'), false)
})

t.test('what an answer has no place for is not told with the next one', async t => {
  const bench = ready(openBench(t))
  const { live } = { live: bench.runtime.models.get('m') }
  live.warnings.push('said by the way')
  bench.run(putData, { model: 'm', parameter: 'dense1_bias', value: tensor([2], 1, 2) })
  t.same(live.warnings, [])
})

t.test('an initializer that cannot be made is refused also where it would draw nothing', async t => {
  const bench = ready(openBench(t))
  const code = (init: unknown): string => errorOf(() => bench.run(initializeModel, { model: 'm', init: init as string })).code
  t.equal(code('foo'), 'unknown_initializer')
  t.equal(code({ type: 'Normal', sigmaa: 1 }), 'unknown_option')
  t.equal(code({ sigma: 1 }), 'initializer_option', 'one without a type')
  t.equal(code({ type: 'Xavier', rnd_type: 'foo' }), 'initializer_option')
  t.match(errorOf(() => bench.run(initializeModel, { model: 'm', init: { type: 'Xavier', rnd_type: 'foo' } })).mistakes, [{ pointer: '/init/rnd_type' }])
})

t.test('Blocks hidden in a list are warned of when the model is made, and by no request after', async t => {
  class Hiding extends Block {
    readonly layers = [new Dense(2)]
    override forward (x: NDArray): Output { return x }
  }
  const bench = openBench(t)
  bench.runtime.registry.register(Hiding)
  const strays: unknown[] = []
  const listen = (warning: Error): void => { strays.push(warning.message) }
  process.on('warning', listen)
  t.teardown(() => { process.off('warning', listen) })
  const made = bench.run(createModel, { name: 'm', seed: 0, architecture: 'Hiding' })
  t.equal(made.warnings?.length, 1)
  t.match(made.warnings?.[0], /hiding0\.layers.*register_child/)
  const answer = bench.run(forward, { model: 'm', inputs: [tensor([1], 1)] })
  t.equal(answer.warnings, undefined)
  await new Promise(setImmediate)
  t.same(strays, [])
})
