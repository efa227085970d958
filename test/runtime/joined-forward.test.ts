import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Request } from '../../src/engine/channel.ts'
import { builtinBlocks } from '../../src/nn/registry.ts'
import type { EngineAnswer } from '../../src/operations/envelope.ts'
import { dispatch } from '../../src/runtime/dispatch.ts'
import { joinable, runJoined } from '../../src/runtime/joined-forward.ts'
import { LiveModels } from '../../src/runtime/live-models.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { openStore } from '../../src/store/store.ts'
import { hostTensor, sizeOf, type HostTensor } from '../../src/tensor.ts'
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
  const runtime: Runtime = { store, registry, limits, log, models: new LiveModels(store, registry, limits, log) }
  for (const [name, architecture] of Object.entries({ net: NET, raw: NET, centered: CENTERED })) {
    dispatch(runtime, request('createModel', 'mutate', null, { name, seed: 3, architecture }))
  }
  dispatch(runtime, request('initializeModel', 'mutate', 'net', { model: 'net' }))
  dispatch(runtime, forward('net', rows(1)))
  return runtime
}

const outputOf = ({ output }: EngineAnswer): HostTensor => (output as { outputs: HostTensor[] }).outputs[0] as HostTensor

t.test('requests answered together get what each gets alone, bit for bit', async t => {
  const runtime = makeRuntime(t)
  const requests = [1, 3, 2, 1, 32].map(count => forward('net', rows(count)))
  t.equal(joinable(runtime, requests), 5)
  const together = runJoined(runtime, requests).map(outputOf)
  const alone = requests.map(each => outputOf(dispatch(runtime, each)))
  together.forEach((output, i) => { t.same(output, alone[i], `${requests.length} requests, number ${i}`) })
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
