import t from 'tap'
import type { Test } from 'tap'
import {
  createCheckpoint, createModel, deleteCheckpoint, deleteModel, forward, initializeModel, modelConfig, modelInfer, modelMetadata, patchData,
  repositoryIndex, repositoryModelLoad, repositoryModelUnload, type Input
} from '../../../src/operations/index.ts'
import type { InferenceInput, InferenceResult } from '../../../src/operations/schemas/inference.ts'
import { bytesOf, type HostTensor } from '../../../src/tensor.ts'
import { errorOf, openBench, tensor, type Bench } from '../harness.ts'

const DENSE = { type: 'Dense', units: 2, in_units: 3 }
const PAIR = {
  type: 'custom', class: 'Pair', init: [['child', 'a', DENSE]], forward: [['return', ['call', 'a', 'x']]]
}

/** A bench with the model `m`: weight rows 1 2 3 and 4 5 6, bias 0. */
function prepared (t: Test, limits: Parameters<typeof openBench>[1] = {}): Bench {
  const bench = openBench(t, limits)
  bench.run(createModel, { name: 'm', seed: 0, architecture: DENSE })
  bench.run(initializeModel, { model: 'm' })
  bench.run(patchData, { model: 'm', parameter: 'weight', slice: ':', set: tensor([2, 3], 1, 2, 3, 4, 5, 6) })
  return bench
}

const input = (value: HostTensor, name = 'data'): InferenceInput => ({ name, datatype: 'FP32', shape: value.shape, parts: [bytesOf(value)] })
const X = tensor([1, 3], 1, 1, 2)

type Asked = Partial<Input<typeof modelInfer>>

const infer = (bench: Bench, asked: Asked = {}): InferenceResult => bench.run(modelInfer, { model: 'm', inputs: [input(X)], ...asked })
const values = ({ outputs }: InferenceResult): unknown =>
  outputs.map(output => 'tensor' in output ? [output.name, output.tensor.shape, [...output.tensor.data]] : output)

t.test('named inputs in, named outputs out, of the live network', async t => {
  const bench = prepared(t)
  const result = infer(bench)
  t.same(values(result), [['output', [1, 2], [9, 21]]])
  t.match(result, { model: 'm', version: 0, measured: { rows: 1, batch: 1, leads: true } })
  const { input_ns, infer_ns, output_ns } = result.measured
  for (const ns of [input_ns, infer_ns, output_ns]) t.ok(Number.isSafeInteger(ns) && ns >= 0)
  const whole: InferenceInput = { name: 'data', datatype: 'INT8', shape: [1, 3], parts: [Uint8Array.of(1, 1, 2)] }
  t.same(values(infer(bench, { inputs: [whole] })), [['output', [1, 2], [9, 21]]])
})

t.test('an output may be asked for by name, or as its largest values', async t => {
  const bench = prepared(t)
  t.same(values(infer(bench, { outputs: [{ name: 'output' }] })), [['output', [1, 2], [9, 21]]])
  const classes = { values: { shape: [1, 1], data: { 0: 21 } }, indices: { 0: 1 } }
  t.match(infer(bench, { outputs: [{ name: 'output', classification: 1 }] }).outputs, [{ name: 'output', classes }])
  const { code, message } = errorOf(() => infer(bench, { outputs: [{ name: 'score' }] }))
  t.same([code, message], ['unknown_output', 'Model \'m\' has no output \'score\'. It has \'output\'.'])
})

t.test('inputs are told by name: others are refused, missing ones are asked for', async t => {
  const bench = prepared(t)
  t.same(errorOf(() => infer(bench, { inputs: [input(X, 'x')] })).message, 'Model \'m\' has no input \'x\'. It has \'data\'.')
  t.match(errorOf(() => infer(bench, { inputs: [] })), { code: 'missing_input', message: /needs the input 'data', .* It has 'data'\./ })
  t.equal(errorOf(() => infer(bench, { inputs: [input(X), input(X, 'mask')] })).code, 'unknown_input')
  t.equal(errorOf(() => infer(bench, { inputs: [input(tensor([1, 2], 1, 2))] })).code, 'wrong_input_shape')
  t.equal(errorOf(() => infer(bench, { inputs: [{ ...input(X), shape: [2, 3] }] })).code, 'invalid_tensor')
  t.same(values(infer(bench)), [['output', [1, 2], [9, 21]]], 'and the next is answered')
})

t.test('bare elements are a batch of one of the only input', async t => {
  const bench = prepared(t)
  const raw = (...data: number[]): InferenceInput['parts'] => [bytesOf(tensor([data.length], ...data))]
  t.same(values(infer(bench, { inputs: [], raw: raw(1, 1, 2) })), [['output', [1, 2], [9, 21]]])
  const short = errorOf(() => infer(bench, { inputs: [], raw: raw(1, 1) }))
  t.match(short, { code: 'raw_input', message: /2 FP32 elements do not fill its shape \(1, 3\)/ })
  t.match(errorOf(() => infer(bench, { inputs: [], raw: [new Uint8Array(13)] })), { code: 'raw_input' })
  bench.run(createModel, { name: 'wide', architecture: { type: 'Dense', units: 1 } })
  bench.run(initializeModel, { model: 'wide', init: 'ones' })
  const wide = infer(bench, { model: 'wide', inputs: [], raw: raw(1, 2, 3, 4) })
  t.same(values(wide), [['output', [1, 1], [10]]], 'one free dimension follows from the elements')
  bench.run(createModel, { name: 'any', architecture: { type: 'custom', class: 'Same', init: [], forward: [['return', 'x']] } })
  t.same(values(infer(bench, { model: 'any', inputs: [], raw: raw(1, 2) })), [['output', [2], [1, 2]]])
})

t.test('the first inference completes what was deferred, for good', async t => {
  const bench = prepared(t)
  bench.run(createModel, { name: 'late', seed: 1, architecture: { type: 'Dense', units: 2 } })
  t.equal(errorOf(() => infer(bench, { model: 'late' })).code, 'not_initialized')
  bench.run(initializeModel, { model: 'late' })
  t.match(bench.runtime.models.record('late').description.signature, { inputs: [{ shape: [-1, -1] }] })
  const first = infer(bench, { model: 'late' })
  t.match(bench.runtime.models.record('late'), { state: 'ready', revision: 3, description: { signature: { inputs: [{ shape: [-1, 3] }] } } })
  t.same(values(infer(bench.restarted(), { model: 'late' })), values(first))
})

t.test('a checkpoint answers with its own values, whatever becomes of the live network', async t => {
  const bench = prepared(t)
  bench.run(createCheckpoint, { model: 'm' })
  bench.run(patchData, { model: 'm', parameter: 'weight', slice: ':', set: tensor([], 1) })
  bench.run(createCheckpoint, { model: 'm' })
  bench.run(patchData, { model: 'm', parameter: 'bias', slice: ':', set: tensor([], 100) })
  for (const round of [1, 2]) {
    t.same(values(infer(bench)), [['output', [1, 2], [104, 104]]], `live, round ${round}`)
    t.match(infer(bench, { version: 1 }), { version: 1 })
    t.same(values(infer(bench, { version: 1 })), [['output', [1, 2], [9, 21]]], `version 1, round ${round}`)
    t.same(values(infer(bench, { version: 2 })), [['output', [1, 2], [4, 4]]], `version 2, round ${round}`)
  }
  t.same(bench.run(repositoryIndex, {}), [{ model: 'm', version: 2 }, { model: 'm', version: 1 }] as never, 'the newest use first')
  t.match(errorOf(() => infer(bench, { version: 3 })), { code: 'checkpoint_not_found', message: /no checkpoint 3. It has 1, 2./ })
  bench.run(deleteCheckpoint, { model: 'm', checkpoint: 1 })
  t.equal(errorOf(() => infer(bench, { version: 1 })).code, 'checkpoint_not_found', 'one that is deleted is gone at once')
  t.equal(bench.answer(modelInfer, { model: 'm', version: 2, inputs: [input(X)] }).revision, undefined)
})

t.test('versions leave memory, the least recently used first, and come back', async t => {
  const bench = prepared(t, { versionBytes: 70 })
  for (const value of [1, 2, 3]) {
    bench.run(patchData, { model: 'm', parameter: 'weight', slice: ':', set: tensor([], value) })
    bench.run(createCheckpoint, { model: 'm' })
  }
  const loaded = (): number[] => bench.runtime.models.versions.loaded().map(({ version }) => version).sort()
  const answer = (version: number): unknown => values(infer(bench, { version }))
  t.same(answer(1), [['output', [1, 2], [4, 4]]])
  t.same(answer(2), [['output', [1, 2], [8, 8]]])
  t.same(loaded(), [1, 2], 'each takes 32 bytes')
  answer(1)
  t.same(answer(3), [['output', [1, 2], [12, 12]]])
  t.same(loaded(), [1, 3])
  t.same(answer(2), [['output', [1, 2], [8, 8]]])
  const small = prepared(t, { versionBytes: 31 })
  small.run(createCheckpoint, { model: 'm' })
  t.match(errorOf(() => infer(small, { version: 1 })), { code: 'version_too_large', message: /takes 32 bytes.*31/ })
})

t.test('unloading frees memory, keeps everything on disk, and holds over a restart; loading undoes it', async t => {
  const bench = prepared(t)
  bench.run(createCheckpoint, { model: 'm' })
  infer(bench, { version: 1 })
  const before = bench.runtime.models.record('m').revision
  bench.run(repositoryModelUnload, { model: 'm' })
  t.equal(bench.runtime.models.peek('m'), undefined)
  t.same(bench.runtime.models.versions.loaded(), [])
  for (const place of [bench, bench.restarted()]) {
    for (const asked of [{}, { version: 1 }]) {
      t.match(errorOf(() => infer(place, asked)), { code: 'model_unloaded', status: 409, message: /load brings it back/ })
    }
    t.equal(errorOf(() => place.run(forward, { model: 'm', inputs: [X] })).code, 'model_unloaded')
  }
  bench.run(repositoryModelUnload, { model: 'm' })
  t.equal(bench.runtime.models.record('m').revision, before + 1, 'a second time changes nothing')
  const again = bench.restarted()
  again.run(repositoryModelLoad, { model: 'm', versions: [1] })
  t.same(again.runtime.models.versions.loaded(), [{ model: 'm', version: 1 }])
  t.same(values(infer(again)), [['output', [1, 2], [9, 21]]])
  t.notOk(again.runtime.models.record('m').unloaded)
  again.run(repositoryModelLoad, { model: 'm' })
  t.equal(again.runtime.models.record('m').revision, before + 2)
})

t.test('a load of what is not there changes nothing', async t => {
  const bench = prepared(t)
  bench.run(repositoryModelUnload, { model: 'm' })
  t.equal(errorOf(() => bench.run(repositoryModelLoad, { model: 'm', versions: [4] })).code, 'checkpoint_not_found')
  t.equal(bench.runtime.models.record('m').unloaded, true)
  t.equal(errorOf(() => bench.run(repositoryModelLoad, { model: 'x' })).code, 'model_not_found')
  t.equal(errorOf(() => bench.run(repositoryModelUnload, { model: 'x' })).code, 'model_not_found')
})

t.test('a name that is used again is another model, with no versions of the old one', async t => {
  const bench = prepared(t)
  bench.run(createCheckpoint, { model: 'm' })
  infer(bench, { version: 1 })
  bench.run(deleteModel, { model: 'm' })
  t.same(bench.runtime.models.versions.loaded(), [])
  bench.run(createModel, { name: 'm', architecture: DENSE })
  t.equal(errorOf(() => infer(bench, { version: 1 })).code, 'checkpoint_not_found')
})

t.test('the newest versions are loaded when so many are asked for', async t => {
  const bench = prepared(t)
  for (let i = 0; i < 3; i++) bench.run(createCheckpoint, { model: 'm' })
  const loadedAfter = (latest: number): number[] => {
    bench.runtime.models.versions.forget('m')
    bench.run(repositoryModelLoad, { model: 'm', latest })
    return bench.runtime.models.versions.loaded().map(({ version }) => version).sort()
  }
  t.same([loadedAfter(0), loadedAfter(2), loadedAfter(Number.MAX_SAFE_INTEGER)], [[], [2, 3], [1, 2, 3]])
})

t.test('metadata and configuration of records without a signature come from the blocks', async t => {
  const bench = prepared(t)
  bench.run(createCheckpoint, { model: 'm' })
  t.match(bench.run(modelMetadata, { model: 'm' }), {
    name: 'm', versions: ['0', '1'], inputs: [{ name: 'data', shape: [-1, 3] }], outputs: [{ shape: [-1, 2] }]
  })
  t.match(bench.run(modelMetadata, { model: 'm', version: 1 }), { inputs: [{ shape: [-1, 3] }] })
  t.match(bench.run(modelConfig, { model: 'm' }), { max_batch_size: 4096, input: [{ data_type: 'TYPE_FP32', dims: [3] }], output: [{ dims: [2] }] })
  bench.run(createModel, { name: 'p', architecture: PAIR })
  t.match(bench.run(modelConfig, { model: 'p' }), { max_batch_size: 0, input: [{ dims: [-1] }] })
})
