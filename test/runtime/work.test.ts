import t from 'tap'
import type { ModelDescription } from '../../src/operations/views.ts'
import { ThreadWatch } from '../../src/runtime/thread-watch.ts'
import { largestSavedWork, largestWork } from '../../src/runtime/work.ts'
import type { Spec } from '../../src/operations/schemas/spec.ts'
import { createModel, forward, initializeModel } from '../../src/operations/index.ts'
import { openBench, tensor } from './harness.ts'

const dense = (units: number, in_units = 0): Spec => ({ type: 'Dense', units, in_units })
const stack = (...children: Spec[]): Spec => ({ type: 'Sequential', children })

t.test('the work of dense layers is their largest matrix times the rows of a batch, once its shape is known', async t => {
  const bench = openBench(t)
  const describe = (): ModelDescription => bench.runtime.models.get('net').description
  bench.run(createModel, { name: 'net', architecture: stack(dense(8, 4), dense(3)) })
  bench.run(initializeModel, { model: 'net' })
  t.equal(largestWork(describe()), 8 * 4 * 32, 'the second layer waits for the first forward')
  t.equal(largestSavedWork(bench.runtime.store), 8 * 4 * 32)
  bench.run(createModel, { name: 'other', architecture: stack(dense(100, 2), dense(9)) })
  bench.run(initializeModel, { model: 'other' })
  bench.run(forward, { model: 'other', inputs: [tensor([1, 2], 1, 2)] })
  t.equal(largestSavedWork(bench.runtime.store), 100 * 9 * 32, 'all models count')
})

const described = (shape: number[], output: number[] | null, parameter_bytes = 1): ModelDescription => ({
  parameters: [{ name: 'w', shape }, { name: 'b', shape: [10] }],
  summary: [{ path: '0', output_shape: output }],
  tree: { path: '', parameters: [], children: [{ path: '0', parameters: ['w'], children: [] }] },
  parameter_bytes
}) as unknown as ModelDescription

t.test('a convolution\'s kernel counts for every place of its output; where that is not known, for 14 × 14', async t => {
  t.equal(largestWork(described([64, 32, 3, 3], [-1, 64, 56, 28])), 64 * 32 * 9 * 56 * 28)
  t.equal(largestWork(described([64, 32, 3, 3], null)), 64 * 32 * 9 * 196)
  t.equal(largestWork(described([64, 32, 3, 3], [-1, 64, -1, -1])), 64 * 32 * 9 * 196)
  t.equal(largestWork(described([64, -1, 3, 3], null)), 0)
})

t.test('a model that wants more threads than the engine started with is told of once, and from then on in the reason', async t => {
  const warnings: object[] = []
  const watch = new ThreadWatch({ value: 1, reason: 'auto' }, 8, details => { warnings.push(details) })
  watch.note('small', described([256, 784], null))
  t.same(watch.choice, { value: 1, reason: 'auto' })
  watch.note('big', described([2048, 2048], null, 1))
  watch.note('bigger', described([4096, 4096], null, 2))
  t.same(warnings, [{ model: 'big', threads: 1, suitable: 4 }])
  t.match(watch.choice, { value: 1, reason: /^auto; model 'big', made since, would be computed by 4 from the next start/ })
})

t.test('threads that were not chosen for the models are never found too few', async t => {
  const watch = new ThreadWatch({ value: 1, reason: 'BLOCKSERVE_THREADS says so' }, 0, () => { t.fail('a warning') })
  watch.note('big', described([4096, 4096], null))
  t.equal(watch.choice.reason, 'BLOCKSERVE_THREADS says so')
})
