import t from 'tap'
import { createModel, deleteArchitecture, putArchitecture, validateArchitecture } from '../../src/operations/index.ts'
import { errorOf, openBench, type Bench } from './harness.ts'

const head = (units: number): Record<string, unknown> => ({ type: 'Dense', units })
const put = (bench: Bench, architecture: string, spec: Record<string, unknown>): unknown =>
  bench.run(putArchitecture, { architecture, spec } as never)

t.test('a model keeps copies of the stored specs it uses, nested ones too', async t => {
  const bench = openBench(t)
  put(bench, 'head', head(2))
  put(bench, 'body', { type: 'Sequential', children: [head(3), { type: 'head' }] })
  const made = bench.run(createModel, { name: 'm', seed: 0, architecture: { type: 'Sequential', children: [{ type: 'body' }] } as never })
  put(bench, 'head', head(99))
  put(bench, 'body', head(98))
  const live = bench.restarted().runtime.models.get('m')
  t.equal(String(live.block), (made as { repr: string }).repr)
  t.match(made, { repr: /Dense\(-1 -> 3, linear\)[^]*Dense\(-1 -> 2, linear\)/ })
  t.same(Object.keys(live.description.definitions).sort(), ['body', 'head'])
  for (const architecture of ['head', 'body']) bench.run(deleteArchitecture, { architecture })
  t.equal(String(bench.restarted().runtime.models.get('m').block), String(live.block), 'also when they are gone')
})

t.test('a model is made of a stored spec by name, with options over its own', async t => {
  const bench = openBench(t)
  put(bench, 'head', { type: 'Dense', units: 2, activation: 'relu' })
  t.match(bench.run(createModel, { architecture: 'head', options: { units: 7 } }), {
    name: 'head-1', architecture: 'head', repr: 'Dense(-1 -> 7, Activation(relu))', options: { units: 7 }
  })
  t.match(bench.run(createModel, { architecture: 'Fragile' }), { architecture: 'Fragile', spec: { type: 'Fragile' } })
  t.match(errorOf(() => bench.run(createModel, { architecture: 'Dense' })), { code: 'architecture_not_found', message: /'Dense'.*'Fragile', 'head'/ })
})

t.test('what modules export cannot be replaced or deleted, what is stored can', async t => {
  const bench = openBench(t)
  for (const name of ['Fragile', 'Dense']) t.match(errorOf(() => put(bench, name, head(1))), { code: 'architecture_read_only', message: `'${name}'` })
  t.match(errorOf(() => bench.run(deleteArchitecture, { architecture: 'Fragile' })), { code: 'architecture_read_only' })
  t.match(errorOf(() => bench.run(deleteArchitecture, { architecture: 'none' })), { code: 'architecture_not_found' })
  put(bench, 'mine', head(1))
  const [first, second] = [bench.runtime.store.architecture('mine'), put(bench, 'mine', head(2))]
  t.match(second, { spec: { units: 2 }, created_at: first?.created_at, read_only: false })
})

t.test('a spec with mistakes is not stored, and names them all; one that uses itself neither', async t => {
  const bench = openBench(t)
  const error = errorOf(() => put(bench, 'bad', { type: 'Sequential', children: [{ type: 'Dens' }, { type: 'Dense', unit: 3 }] }))
  t.equal(error.code, 'invalid_spec')
  t.match(error.message, /[^.]\.$/, 'its message ends once')
  t.ok(error.mistakes.length >= 2)
  t.ok(error.mistakes.some(({ pointer }) => pointer.startsWith('/children/0')) && error.mistakes.some(({ pointer }) => pointer.startsWith('/children/1')))
  t.match(errorOf(() => put(bench, 'loop', { type: 'Sequential', children: [{ type: 'loop' }] })), { code: 'invalid_spec' })
  t.equal(bench.runtime.store.architectures({ limit: 9 }).items.length, 0)
})

t.test('validating builds nothing that stays, and tells tree and counts', async t => {
  const bench = openBench(t, { parameterBytes: 1000 })
  const validate = (spec: unknown): unknown => bench.run(validateArchitecture, { spec } as never)
  t.match(validate({ type: 'Dense', units: 2, in_units: 3 }), { valid: true, mistakes: [], parameter_count: 8, parameter_bytes: 32, tree: { type: 'Dense' } })
  t.match(validate({ type: 'Dense', units: 2 }), { valid: true, parameter_count: -1 })
  t.match(validate({ type: 'Dense' }), { valid: false, tree: null, parameter_count: null, mistakes: [{ pointer: '' }] })
  t.equal(bench.runtime.store.modelCount(), 0)
})
