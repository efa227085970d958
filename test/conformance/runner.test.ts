/** The runner itself: a case passes only when all its expectations hold. */
import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { openBackend } from '../backends.ts'
import type { Case, Step } from './format.ts'
import { mergePassing } from './passing.ts'
import { describeAll, describeGroup } from './report.ts'
import { runCase } from './runner.ts'

await openBackend()

const DENSE = { type: 'Dense', args: { units: 2, in_units: 2 } }
const build = { op: 'build', out: 'net', block: DENSE }
const ones = { op: 'initialize', block: 'net', init: { init: 'Constant', args: { value: 1 } } }
const input = { op: 'tensor', out: 'x', dtype: 'float32', shape: [1, 2], values: [1, 2] }
const forward = { op: 'forward', block: 'net', inputs: ['x'], out: 'y' }
const float = (values: unknown[], shape: number[]) => ({ tensor: { shape, dtype: 'float32', values } })

const run = async (program: readonly object[], extra: Partial<Case> = {}): Promise<string | undefined> =>
  (await runCase({ id: 'case', program: program as Step[], ...extra }, { group: 'models', mode: 'np' })).reason

t.test('a computed value may differ by the order of summation, and no more', async t => {
  const program = [build, ones, input]
  t.equal(await run([...program, { ...forward, expect: float([3, 3], [1, 2]) }]), undefined)
  t.equal(await run([...program, { ...forward, expect: float([3.00002, 3], [1, 2]) }]), undefined)
  t.match(await run([...program, { ...forward, expect: float([3.0001, 3], [1, 2]) }]), 'step 3 (forward): tensor: value 0 of 2')
})

t.test('shape, dtype and the number of values are part of a tensor', async t => {
  const program = [build, ones, input]
  t.match(await run([...program, { ...forward, expect: float([3, 3], [2]) }]), 'shape: expected (2,), received (1, 2)')
  t.match(await run([...program, { ...forward, expect: { tensor: { shape: [1, 2], dtype: 'float64', values: [3, 3] } } }]), 'dtype: expected float64')
})

t.test('a draw is exact: one unit in the last place is a failure', async t => {
  const draw = { op: 'random', fn: 'uniform', args: { size: [2] }, out: 'x' }
  t.equal(await run([{ ...draw, expect: float([0.5488135, 0.5928446], [2]) }]), undefined)
  t.match(await run([{ ...draw, expect: float([0.54881356, 0.5928446], [2]) }]), 'value 0 of 2')
})

t.test('texts, names, structural names and files are compared whole', async t => {
  t.equal(await run([build, { op: 'text', of: 'net', what: 'repr', expect: { text: 'Dense(2 -> 2, linear)' } }]), undefined)
  t.match(await run([build, { op: 'text', of: 'net', what: 'repr', expect: { text: 'Dense(2 -> 2)' } }]), 'text: expected')
  const save = { op: 'save', file: 'f', data: 'x' }
  t.match(await run([input, { ...save, expect: { file: { bytes: 83, sha256: '' } } }]), 'file: expected 83 bytes')
  t.match(await run([input, { ...save, expect: { file: { bytes: 80, sha256: 'aa' } } }]), 'file: expected sha256 aa')
  const params = { op: 'params', block: 'net', expect: { prefix: 'dense0_', params: [], structural: [] } }
  t.match(await run([build, params]), 'params: expected')
})

t.test('an expected error must be thrown, and be of its kind', async t => {
  const data = { op: 'data', param: 'net.weight' }
  t.equal(await run([build, { ...data, expect: { error: { class: 'RuntimeError' } } }]), undefined)
  t.match(await run([build, { ...data, expect: { error: { class: 'ValueError' } } }]), 'expected an error of kind ValueError, received RuntimeError')
  t.match(await run([build, ones, { ...data, expect: { error: { class: 'RuntimeError' } } }]), 'received none')
  t.match(await run([{ ...data, expect: { error: { class: 'RuntimeError' } } }]), 'no variable', 'an error that is not of our table has no kind')
})

t.test('a step may fail unexpectedly only in a case of kind errors', async t => {
  const program = [build, { op: 'data', param: 'net.weight' }]
  t.match(await run(program), 'step 1 (data): expected no error, received RuntimeError not_initialized')
  t.equal(await run(program, { kind: 'errors' }), undefined)
  t.match(await run([build, { op: 'data', param: 'net.weight', expect: float([1], [1]) }], { kind: 'errors' }), 'expected no error')
})

t.test('a scalar is compared as a number', async t => {
  const sum = { op: 'expr', expr: ['sum', 'x'], out: 's' }
  t.equal(await run([input, { ...sum, expect: { scalar: 3 } }]), undefined)
  t.match(await run([input, { ...sum, expect: { scalar: 3.1 } }]), 'scalar: value 0 of 1')
})

t.test('steps while recording are judged too', async t => {
  const inside = { ...forward, expect: float([4, 4], [1, 2]) }
  t.match(await run([build, ones, input, { op: 'record', steps: [inside] }, { op: 'backward', of: 'y' }]), 'step 3 (record): step 0 (forward): tensor')
})

t.test('a gradient is expected to be there, or to be none', async t => {
  const program = [build, ones, input, { op: 'record', steps: [forward] }, { op: 'backward', of: 'y' }]
  const grads = (bias: unknown) => ({ op: 'grads', block: 'net', tensors: [], expect: { params: { dense0_weight: float([1, 2, 1, 2], [2, 2]).tensor, dense0_bias: bias } } })
  t.equal(await run([...program, grads(float([1, 1], [2]).tensor)]), undefined)
  t.match(await run([...program, grads(null)]), 'dense0_bias: expected none, received one')
})

t.test('a recording that no backward follows is freed with its case', async t => {
  const before = tf.memory().numTensors
  await run([build, ones, input, { op: 'record', steps: [forward] }])
  await run([build, ones, input, { op: 'record', steps: [forward, { op: 'teleport' }] }])
  t.equal(tf.memory().numTensors, before)
})

t.test('what is not built fails by name, also in a case of kind errors', async t => {
  t.equal(await run([{ op: 'build', out: 'net', block: { type: 'Warp' } }], { kind: 'errors' }), 'step 0 (build): not built: block Warp')
  t.equal(await run([{ op: 'teleport' }]), 'step 0 (teleport): not built: step teleport')
  t.equal(await run([{ ...build, expect: { aura: 1 } }]), "step 0 (build): not built: expectation 'aura'")
})

t.test('each case has fresh names, seed 0 and no files of another', async t => {
  const saved = [input, { op: 'save', file: 'f', data: 'x' }]
  const fresh = [build, { op: 'text', of: 'net', what: 'name', expect: { text: 'dense0' } }]
  t.equal(await run([...saved, ...fresh]), undefined)
  t.equal(await run([...fresh, { op: 'load', file: 'f', expect: { error: { class: 'MXNetError' } } }]), undefined)
})

t.test('a digest stands for all values: another value is found', async t => {
  const values = Array.from({ length: 4 }, (_, i) => i + 1)
  const big = { op: 'tensor', out: 'x', dtype: 'float32', shape: [2, 2], values }
  const double = { op: 'expr', expr: ['mul', 'x', 2], out: 'y' }
  const digest = { shape: [2, 2], dtype: 'float32', sha256: '', first: [2, 4], last: [6, 8], stride: 3, sample: [2, 8], sum: 20, sumsq: 120 }
  t.equal(await run([big, { ...double, expect: { tensor: digest } }]), undefined)
  t.match(await run([big, { ...double, expect: { tensor: { ...digest, sample: [2, 9] } } }]), 'value 5 of 6')
  t.match(await run([big, { ...double, expect: { tensor: { ...digest, sum: 20.1 } } }]), 'sum: expected 20.1')
  t.match(await run([{ op: 'random', fn: 'uniform', args: { size: [2, 2] }, out: 'r', expect: { tensor: digest } }]), 'sha256 of the values differs')
})

t.test('classic mode writes None and 0 for what is not known', async t => {
  const deferred = { op: 'build', out: 'net', block: { type: 'Dense', args: { units: 2 } } }
  const program = [deferred, { op: 'text', of: 'net', what: 'repr', expect: { text: 'Dense(None -> 2, linear)' } }]
  t.equal(await run(program, { mode: 'nd' }), undefined)
  t.match(await run(program), 'Dense(-1 -> 2, linear)')
})

t.test('the report counts cases and gives each failure its reason', async t => {
  const outcome = { group: 'models', outcomes: [{ id: 'a', reason: undefined }, { id: 'b', reason: 'step 1 (data): no' }] }
  t.equal(describeGroup(outcome), 'models: 1 passed, 1 failed\n  b: step 1 (data): no')
  t.equal(describeAll([outcome, outcome]), '2 passed, 2 failed')
})

t.test('the list of passing cases only grows', async t => {
  const outcome = { group: 'models', outcomes: [{ id: 'a', reason: undefined }, { id: 'b', reason: 'no' }] }
  t.same(mergePassing({ models: ['b'], files: ['c'] }, [outcome]), { models: ['b', 'a'], files: ['c'] })
})
