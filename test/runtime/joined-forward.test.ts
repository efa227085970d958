import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Request } from '../../src/engine/channel.ts'
import { builtinBlocks } from '../../src/nn/registry.ts'
import type { EngineAnswer } from '../../src/operations/envelope.ts'
import type { InferenceResult } from '../../src/operations/schemas/inference.ts'
import { dispatch } from '../../src/runtime/dispatch.ts'
import { joinable, runJoined } from '../../src/runtime/joined-forward.ts'
import { LiveModels } from '../../src/runtime/live-models.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { openStore } from '../../src/store/store.ts'
import { bytesOf, hostTensor, sizeOf, type HostTensor } from '../../src/tensor.ts'
import { alike } from '../alike.ts'
import { openBackend } from '../backends.ts'

await openBackend()

const NET = { type: 'Sequential', children: [{ type: 'Dense', units: 33, activation: 'tanh' }, { type: 'Dense', units: 5 }] }
const CENTERED = { type: 'custom', class: 'Centered', init: [], forward: [['return', ['sub', 'x', ['mean', 'x']]]] }

let ids = 0
const request = (operation: string, kind: Request['kind'], model: string | null, input: object): Request =>
  ({ id: ids++, operation, kind, model, input: { input, request_id: 'r' }, deadline: Infinity })

const forward = (model: string, ...inputs: HostTensor[]): Request => request('forward', 'infer', model, { model, inputs })

function rows (count: number, width = 20): HostTensor {
  const shape = [count, width]
  return hostTensor('float32', shape, Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i + count * 7)))
}

/** A runtime with a ready row-wise model `net`, one that is not row-wise, and one that is not initialized. */
function makeRuntime (t: Test): Runtime {
  const folder = mkdtempSync(join(tmpdir(), 'blockserve-joined-'))
  const store = openStore(folder)
  t.teardown(() => { store.close(); rmSync(folder, { recursive: true }) })
  const limits = { models: 10, parameterBytes: 1e9, elements: 1e9 }
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const registry = builtinBlocks()
  const runtime: Runtime = { store, writer: store, registry, limits, log, models: new LiveModels(store, registry, limits, log) }
  for (const [name, architecture] of Object.entries({ net: NET, raw: NET, centered: CENTERED })) {
    dispatch(runtime, request('createModel', 'mutate', null, { name, seed: 3, architecture }))
  }
  dispatch(runtime, request('initializeModel', 'mutate', 'net', { model: 'net' }))
  dispatch(runtime, forward('net', rows(1)))
  return runtime
}

const outputOf = ({ output }: EngineAnswer): HostTensor => (output as { outputs: HostTensor[] }).outputs[0] as HostTensor

function alikeTensors (a: HostTensor, b: HostTensor): boolean {
  return a.dtype === b.dtype && String(a.shape) === String(b.shape) && alike(a.data as Float32Array, b.data as Float32Array)
}

t.test('requests answered together get what each gets alone, on WASM bit for bit', async t => {
  const runtime = makeRuntime(t)
  const requests = [1, 3, 2, 1, 32].map(count => forward('net', rows(count)))
  t.equal(joinable(runtime, requests), 5)
  const together = runJoined(runtime, requests).map(outputOf)
  const alone = requests.map(each => outputOf(dispatch(runtime, each)))
  together.forEach((output, i) => { t.ok(alikeTensors(output, alone[i]!), `${requests.length} requests, number ${i}`) })
})

t.test('a request joins only what one forward can answer', async t => {
  const runtime = makeRuntime(t)
  const plain = forward('net', rows(1))
  const count = (...others: Request[]): number => joinable(runtime, [plain, ...others])
  t.equal(count(), 1, 'nothing to join')
  t.equal(count(plain, forward('net', rows(1, 21))), 2, 'another width stays out')
  t.equal(count(forward('raw', rows(1))), 1, 'another model')
  t.equal(count(forward('net', rows(1), rows(1))), 1, 'two arguments')
  t.equal(count(forward('net', hostTensor('float32', [20], new Float32Array(20)))), 1, 'a vector')
  t.equal(count(forward('net', hostTensor('float32', [0, 20], new Float32Array(0)))), 1, 'no rows')
  t.equal(count(request('patchData', 'mutate', 'net', {}), plain), 1, 'a mutation in between keeps its place')
  t.equal(count(request('forward', 'infer', 'net', { model: 'net', inputs: [rows(1)], train_mode: true })), 1, 'train mode')
  t.equal(joinable(runtime, [forward('centered', rows(1)), forward('centered', rows(1))]), 1, 'a model that is not row-wise')
  t.equal(joinable(runtime, [forward('raw', rows(1)), forward('raw', rows(1))]), 1, 'a model that still waits for its first forward')
})

const infer = (model: string, value: HostTensor, asked: object = {}): Request =>
  request('modelInfer', 'infer', model, { model, inputs: [{ name: 'data', datatype: 'FP32', shape: value.shape, parts: piecesOf(value) }], ...asked })

/** The bytes of a tensor in two pieces, cut where no element ends. */
function piecesOf (value: HostTensor): Uint8Array[] {
  const bytes = bytesOf(value)
  return [bytes.subarray(0, 5), bytes.subarray(5)]
}

const inferred = ({ output }: EngineAnswer): InferenceResult => output as InferenceResult
/** Its tensors: those of classes are their values and where these stand. */
const tensorsOf = (answer: EngineAnswer): HostTensor[] => inferred(answer).outputs.flatMap(output => 'tensor' in output
  ? [output.tensor]
  : [output.classes.values, hostTensor('int32', [output.classes.indices.length], output.classes.indices)])

const namesOf = (answer: EngineAnswer): string => inferred(answer).outputs.map(({ name }) => name).join()

const alikeAnswers = (a: EngineAnswer, b: EngineAnswer): boolean =>
  namesOf(a) === namesOf(b) && tensorsOf(a).length === tensorsOf(b).length &&
  tensorsOf(a).every((tensor, i) => alikeTensors(tensor, tensorsOf(b)[i]!))

t.test('inferences and forwards of one network share a batch, each answered in its own way', async t => {
  const runtime = makeRuntime(t)
  const asked = { outputs: [{ name: 'output', classification: 2 }] }
  const requests = [infer('net', rows(1)), forward('net', rows(2)), infer('net', rows(3)), infer('net', rows(2), asked)]
  t.equal(joinable(runtime, requests), 4)
  const together = runJoined(runtime, requests)
  const alone = requests.map(each => dispatch(runtime, each))
  for (const i of [0, 2, 3]) t.ok(alikeAnswers(together[i]!, alone[i]!), `inference ${i}`)
  t.ok(alikeTensors(outputOf(together[1]!), outputOf(alone[1]!)))
  const measured = [0, 2, 3].map(i => inferred(together[i]!).measured)
  t.match(measured, [{ rows: 1, batch: 8, leads: true }, { rows: 3, batch: 8, leads: false }, { rows: 2, batch: 8, leads: false }])
})

t.test('versions never share a batch with each other or with the live network', async t => {
  const runtime = makeRuntime(t)
  dispatch(runtime, request('createCheckpoint', 'mutate', 'net', { model: 'net' }))
  const live = dispatch(runtime, infer('net', rows(1)))
  const one = hostTensor('float32', [], Float32Array.of(1))
  dispatch(runtime, request('patchData', 'mutate', 'net', { model: 'net', parameter: '0.bias', slice: ':', set: one }))
  dispatch(runtime, request('createCheckpoint', 'mutate', 'net', { model: 'net' }))
  for (const version of [1, 2]) dispatch(runtime, infer('net', rows(1), { version }))
  const [now, first, second] = [infer('net', rows(1)), infer('net', rows(1), { version: 1 }), infer('net', rows(1), { version: 2 })]
  const count = (...requests: Request[]): number => joinable(runtime, requests)
  t.same([count(now, first), count(first, now), count(first, second), count(now, now), count(first, first, second)], [1, 1, 1, 2, 2])
  const joined = runJoined(runtime, [first, first])
  for (const answer of joined) t.ok(alikeAnswers(answer, live), 'version 1 is what was live when it was saved')
  t.same(joined.map(answer => [inferred(answer).version, answer.revision]), [[1, undefined], [1, undefined]])
})

t.test('an inference joins only when it is plain', async t => {
  const runtime = makeRuntime(t)
  const plain = infer('net', rows(1))
  const joins = (other: Request): boolean => joinable(runtime, [plain, other]) === 2
  t.ok(joins(infer('net', rows(2), { outputs: [{ name: 'output' }] })))
  t.notOk(joins(infer('net', rows(2), { outputs: [{ name: 'other' }] })), 'an unknown output')
  t.notOk(joins(infer('net', rows(2), { raw: [], inputs: [] })), 'bare elements')
  t.notOk(joins(infer('net', rows(2), { version: 7 })), 'a version that is not in memory')
  const input = { name: 'data', datatype: 'FP32', shape: [1, 20], parts: piecesOf(rows(1)) }
  for (const [name, value] of Object.entries({ 'another name': 'x', 'another datatype': 'FP64', 'bytes missing': [1, 21] })) {
    const key = name === 'another name' ? 'name' : name === 'another datatype' ? 'datatype' : 'shape'
    t.notOk(joins(infer('net', rows(1), { inputs: [{ ...input, [key]: value }] })), name)
  }
})
