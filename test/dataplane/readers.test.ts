import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import t from 'tap'
import type { Test } from 'tap'
import {
  createCheckpoint, createModel, deleteModel, forward, initializeModel, listArchitectures, listArrays, listBlocks, listCheckpoints,
  listInitializers, listLosses, listModels, listParameters, patchData, putArchitecture, putArrays, readArchitecture, readArrays, readBlock,
  readCheckpoint, readCheckpointContent, readData, readModel, readParameter, readRuntime
} from '../../src/operations/index.ts'
import { MLP, tensor } from '../runtime/harness.ts'
import { Front } from './harness.ts'

async function prepared (t: Test, names = ['m']): Promise<Front> {
  const front = new Front(t)
  for (const name of names) await front.run(createModel, { name, seed: 0, architecture: MLP })
  front.asked()
  return front
}

t.test('models are listed by name, page by page, without the engine', async t => {
  const front = await prepared(t, ['c', 'a', 'b'])
  const names = async (after?: string): Promise<unknown> => {
    const { models, next } = await front.run(listModels, { limit: 2, ...(after !== undefined && { after }) })
    return [models.map(({ name }) => name), next]
  }
  t.same(await names(), [['a', 'b'], 'b'])
  t.same(await names('b'), [['c'], null])
  t.match((await front.run(listModels, {})).models[0], { name: 'a', state: 'created', seed: 0, revision: 1, parameter_count: -1 })
  t.same(front.asked(), [])
})

t.test('a model is read with tree, repr and summary; one that is unknown lists those there are', async t => {
  const front = await prepared(t)
  t.match(await front.run(readModel, { model: 'm' }), {
    name: 'm', repr: /^Sequential\(\n {2}\(0\): Dense\(-1 -> 3/, tree: { type: 'Sequential' }, spec: MLP, summary: Array, reason: null
  })
  await t.rejects(front.run(readModel, { model: 'x' }), { code: 'model_not_found', message: /'x'.*'m'/ })
  await front.run(deleteModel, { model: 'm' })
  await t.rejects(front.run(readModel, { model: 'm' }), { code: 'model_not_found', message: /no models yet/ })
})

t.test('a block is read by its path, the empty one being the model', async t => {
  const front = await prepared(t)
  t.match(await front.run(readBlock, { model: 'm', path: '0' }), {
    path: '0', type: 'Dense', name: 'dense0', repr: 'Dense(-1 -> 3, Activation(relu))', parameters: [{ name: 'dense0_weight' }, { name: 'dense0_bias' }]
  })
  t.match(await front.run(readBlock, { model: 'm', path: '' }), { type: 'Sequential', parameters: [] })
  t.match(await front.run(readBlock, { model: 'm', path: '0.act' }), { type: 'Activation' })
  await t.rejects(front.run(readBlock, { model: 'm', path: '7' }), { code: 'block_not_found', message: /'7'.*'0', '0\.act', '1', '2'/ })
  t.same(front.asked(), [])
})

t.test('parameters are listed in order, selected by full name, and read by either name', async t => {
  const front = await prepared(t)
  const names = async (select: string): Promise<string[]> => (await front.run(listParameters, { model: 'm', select })).parameters.map(({ name }) => name)
  t.same(await names(''), ['dense0_weight', 'dense0_bias', 'dense1_weight', 'dense1_bias'])
  t.same(await names('.*weight'), ['dense0_weight', 'dense1_weight'])
  t.same(await names('weight'), [])
  await t.rejects(names('('), { code: 'invalid_pattern' })
  for (const parameter of ['dense1_weight', '2.weight']) t.match(await front.run(readParameter, { model: 'm', parameter }), { name: 'dense1_weight', state: 'uninitialized' })
  await t.rejects(front.run(readParameter, { model: 'm', parameter: '1.weight' }), { code: 'parameter_not_found', message: /'1\.weight'.*'dense0_weight'/ })
  t.same(front.asked(), [])
})

t.test('data is read when it is ready, whole or sliced, as the engine last saved it', async t => {
  const front = await prepared(t)
  const read = (parameter: string, slice?: string): Promise<unknown> => front.run(readData, { model: 'm', parameter, ...(slice !== undefined && { slice }) })
  await t.rejects(read('dense0_weight'), { code: 'not_initialized', status: 409 })
  await front.run(initializeModel, { model: 'm', init: 'ones' })
  await t.rejects(read('dense0_weight'), { code: 'deferred', message: /\(3, -1\)/ })
  t.same(await read('dense0_bias'), tensor([3], 0, 0, 0))
  await front.run(forward, { model: 'm', inputs: [tensor([1, 2], 1, 2)] })
  await front.run(patchData, { model: 'm', parameter: '0.weight', slice: '1,0', set: tensor([], 42) })
  t.same(await read('0.weight'), tensor([3, 2], 1, 1, 42, 1, 1, 1))
  t.same(await read('dense0_weight', '1'), tensor([2], 42, 1))
  t.same(await read('dense0_weight', '-1,::-1'), tensor([2], 1, 1))
  await t.rejects(read('dense0_weight', '3'), { code: 'invalid_slice' })
})

t.test('checkpoints are listed oldest first, read, and streamed as they were written', async t => {
  const front = await prepared(t)
  await t.rejects(front.run(readCheckpoint, { model: 'm', checkpoint: 1 }), { code: 'checkpoint_not_found', message: /none yet/ })
  await front.run(initializeModel, { model: 'm' })
  await front.run(forward, { model: 'm', inputs: [tensor([1, 2], 1, 2)] })
  for (const note of ['first', 'second', 'third']) await front.run(createCheckpoint, { model: 'm', note })
  front.asked()
  const page = await front.run(listCheckpoints, { model: 'm', limit: 2 })
  t.match(page, { checkpoints: [{ id: 1, note: 'first' }, { id: 2 }], next: '2' })
  t.match(await front.run(listCheckpoints, { model: 'm', limit: 2, after: page.next as string }), { checkpoints: [{ id: 3, note: 'third' }], next: null })
  const { sha256, bytes, tensors } = await front.run(readCheckpoint, { model: 'm', checkpoint: 2 })
  t.match(tensors, [{ name: '0.weight', shape: [3, 2] }, { name: '0.bias' }, { name: '2.weight' }, { name: '2.bias' }])
  const file = await front.run(readCheckpointContent, { model: 'm', checkpoint: 2 }) as { source: { stream: Readable } }
  const content = Buffer.concat(await file.source.stream.toArray() as Buffer[])
  t.equal(content.length, bytes)
  t.equal(createHash('sha256').update(content).digest('hex'), sha256)
  await t.rejects(front.run(readCheckpointContent, { model: 'm', checkpoint: 9 }), { code: 'checkpoint_not_found', message: /9.*1, 2, 3/ })
  t.same(front.asked(), [])
})

t.test('arrays are listed and given as a file from the store, as JSON by the engine', async t => {
  const front = await prepared(t)
  await front.run(putArrays, { name: 'x', arrays: { b: tensor([2], 1, 2), a: tensor([], 3) } })
  front.asked()
  t.match(await front.run(listArrays, {}), { arrays: [{ name: 'x', kind: 'dict', entries: [{ name: 'b', shape: [2] }, { name: 'a', shape: [] }] }], next: null })
  const file = await front.run(readArrays, { name: 'x', format: 'mxnet' }) as { bytes: number, source: { data: Uint8Array } }
  t.equal(file.source.data.length, file.bytes)
  t.same(front.asked(), [])
  t.same(await front.run(readArrays, { name: 'x' }), { arrays: { b: tensor([2], 1, 2), a: tensor([], 3) } })
  t.same(front.asked(), ['readArrays'])
  for (const format of ['mxnet', 'json'] as const) await t.rejects(front.run(readArrays, { name: 'y', format }), { code: 'array_not_found', message: /'y'.*'x'/ })
})

t.test('the catalogue is what the engine said when it became ready', async t => {
  const front = await prepared(t)
  t.ok((await front.run(listBlocks, {})).blocks.some(({ type }) => type === 'Dense'))
  t.match(await front.run(listInitializers, {}), { initializers: [] })
  t.match(await front.run(listLosses, {}), { losses: [] })
  t.same(front.asked(), [])
  front.engine.down = true
  await t.rejects(front.run(listBlocks, {}), { code: 'engine_unavailable', retryAfter: 1 })
})

t.test('architectures of modules and stored ones are one list by name, in pages', async t => {
  const front = await prepared(t)
  for (const architecture of ['zoo', 'apple', 'bread']) await front.run(putArchitecture, { architecture, spec: { type: 'Dense', units: 2 } as never })
  const page = async (after?: string): Promise<unknown> => {
    const { architectures, next } = await front.run(listArchitectures, { limit: 2, ...(after !== undefined && { after }) })
    return [architectures.map(({ name, source }) => `${name} ${source}`), next]
  }
  t.same(await page(), [['Fragile module', 'apple spec'], 'apple'])
  t.same(await page('apple'), [['bread spec', 'zoo spec'], null])
  t.match(await front.run(listArchitectures, {}), { failed: [{ module: 'bad.js', reason: 'it threw' }], next: null })
  t.match(await front.run(readArchitecture, { architecture: 'Fragile' }), { read_only: true, source: 'module' })
  t.match(await front.run(readArchitecture, { architecture: 'zoo' }), { read_only: false, spec: { units: 2 } })
  await t.rejects(front.run(readArchitecture, { architecture: 'x' }), { code: 'architecture_not_found', message: /'x'.*'Fragile', 'apple', 'bread', 'zoo'/ })
})

t.test('the runtime is told also while the engine is down, with null for what only it knows', async t => {
  const front = await prepared(t)
  t.match(await front.run(readRuntime, {}), {
    backend: 'wasm', device: 'CPU', engine: { state: 'ready', pid: 42, restarts: 1, waiting: 3 }, memory: { engine_bytes: Number, tensors: Number, server_bytes: Number }
  })
  front.engine.down = true
  t.match(await front.run(readRuntime, {}), {
    backend: null, device: null, engine: { state: 'restarting', pid: null }, memory: { engine_bytes: null, tensors: null, server_bytes: Number }, versions: { node: process.versions.node }
  })
})
