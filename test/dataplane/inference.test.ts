import t from 'tap'
import type { Test } from 'tap'
import {
  createCheckpoint, createModel, deleteModel, initializeModel, listModelNames, modelConfig, modelInfer, modelMetadata, modelReady,
  modelStatistics, readModel, repositoryIndex, repositoryModelLoad, repositoryModelUnload, serverMetadata
} from '../../src/operations/index.ts'
import { everyModel } from '../../src/dataplane/records.ts'
import type { InferenceInput } from '../../src/operations/schemas/inference.ts'
import type { ModelRecord, Reader } from '../../src/store/store.ts'
import { bytesOf } from '../../src/tensor.ts'
import { tensor } from '../runtime/harness.ts'
import { Front } from './harness.ts'

const DENSE = { type: 'Dense', units: 2, in_units: 3 }

async function prepared (t: Test): Promise<Front> {
  const front = new Front(t)
  await front.run(createModel, { name: 'm', seed: 0, architecture: DENSE })
  await front.run(initializeModel, { model: 'm' })
  await front.run(createCheckpoint, { model: 'm' })
  front.asked()
  return front
}

function rows (count: number): InferenceInput {
  const value = tensor([count, 3], ...Array.from({ length: count * 3 }, (_, i) => i))
  return { name: 'data', datatype: 'FP32', shape: value.shape, parts: [bytesOf(value)] }
}

t.test('what models take and give is answered from the store, also while no engine is there', async t => {
  const front = await prepared(t)
  front.engine.down = true
  for (const version of [undefined, 0, 1]) {
    const asked = { model: 'm', ...version !== undefined && { version } }
    t.match(await front.run(modelMetadata, asked), {
      name: 'm', versions: ['0', '1'], inputs: [{ name: 'data', datatype: 'FP32', shape: [-1, 3] }]
    })
    t.match(await front.run(modelConfig, asked), { name: 'm', input: [{ name: 'data', data_type: 'TYPE_FP32', dims: [3] }] })
  }
  await t.rejects(front.run(modelMetadata, { model: 'x' }), { code: 'model_not_found' })
  await t.rejects(front.run(modelMetadata, { model: 'm', version: 7 }), { code: 'checkpoint_not_found', message: /no checkpoint 7. It has 1\./ })
  t.same(front.asked(), [])
})

t.test('records that an earlier version of the program wrote are answered by the engine', async t => {
  const front = await prepared(t)
  const { store } = front.bench
  const { description: { signature: _, ...description }, ...record } = store.model('m')!
  store.transact(tx => { tx.putModel({ ...record, description }) })
  t.match(await front.run(modelMetadata, { model: 'm' }), {
    versions: ['0', '1'], inputs: [{ name: 'data', shape: [-1, 3] }], outputs: [{ shape: [-1, 2] }]
  })
  t.match(await front.run(modelConfig, { model: 'm' }), { max_batch_size: 4096 })
  t.same(front.asked(), ['modelMetadata', 'modelConfig'])
})

t.test('the server tells its name, its version and what it can do', async t => {
  const front = await prepared(t)
  t.same(await front.run(serverMetadata, {}), {
    name: 'blockserve',
    version: '1',
    extensions: ['classification', 'model_repository', 'model_configuration', 'binary_tensor_data', 'parameters', 'statistics', 'schedule_policy']
  })
  await front.run(createModel, { name: 'a', architecture: DENSE })
  t.same(await front.run(listModelNames, {}), { models: ['a', 'm'] })
})

t.test('a model is ready when it would answer', async t => {
  const front = await prepared(t)
  const ready = (model: string, version = 0): Promise<unknown> => front.run(modelReady, { model, version })
  await front.run(createModel, { name: 'new', architecture: DENSE })
  t.same(await ready('m'), { name: 'm', ready: true })
  t.same(await ready('m', 1), { name: 'm', ready: true }, 'a checkpoint is loaded by its first inference')
  t.same(await ready('new'), { name: 'new', ready: false, error: 'its parameters are not initialized' })
  await t.rejects(ready('m', 2), { code: 'checkpoint_not_found' })
  await t.rejects(ready('x'), { code: 'model_not_found' })
  await front.run(repositoryModelUnload, { model: 'm' })
  for (const version of [0, 1]) t.same(await ready('m', version), { name: 'm', ready: false, error: 'unloaded' })
  t.match(await front.run(readModel, { model: 'm' }), { state: 'unavailable', reason: 'it was unloaded' }, 'other APIs say so too')
  await front.run(repositoryModelLoad, { model: 'm' })
  front.engine.down = true
  t.same(await ready('m'), { name: 'm', ready: false, error: 'the engine is restarting' })
})

t.test('the index has every version with its state, whether the engine is there or not', async t => {
  const front = await prepared(t)
  const index = async (ready = false): Promise<string[]> =>
    (await front.run(repositoryIndex, { ready })).map(({ name, version, state, reason }) => `${name} ${version} ${state} ${reason}`)
  t.same(await index(), ['m 0 READY ', 'm 1 UNAVAILABLE on disk; its first inference loads it'])
  await front.run(modelInfer, { model: 'm', version: 1, inputs: [rows(1)] })
  t.same(await index(), ['m 0 READY ', 'm 1 READY '])
  await front.run(repositoryModelUnload, { model: 'm' })
  t.same(await index(), ['m 0 UNAVAILABLE unloaded', 'm 1 UNAVAILABLE unloaded'])
  t.same(await index(true), [])
  await front.run(repositoryModelLoad, { model: 'm' })
  t.same(await index(true), ['m 0 READY '])
  front.engine.down = true
  t.same(await index(), ['m 0 UNAVAILABLE the engine is restarting', 'm 1 UNAVAILABLE the engine is restarting'])
})

t.test('inferences are counted per version, rows and failures too', async t => {
  const front = await prepared(t)
  const infer = (count: number, version = 0): Promise<unknown> => front.run(modelInfer, { model: 'm', version, inputs: [rows(count)] })
  const before = Date.now()
  await infer(1)
  await infer(4)
  await infer(4)
  await infer(2, 1)
  await t.rejects(front.run(modelInfer, { model: 'm', inputs: [] }), { code: 'missing_input' })
  const { model_stats } = await front.run(modelStatistics, { model: 'm' })
  t.match(model_stats, [
    { name: 'm', version: '0', inference_count: 9, execution_count: 3 }, { name: 'm', version: '1', inference_count: 2, execution_count: 1 }
  ])
  const { inference_stats, batch_stats, memory_usage, last_inference, response_stats } = model_stats[0]!
  const { success, fail, queue, compute_input, compute_infer, compute_output, cache_hit, cache_miss } = inference_stats
  const all = [success, fail, queue, compute_input, compute_infer, compute_output, cache_hit, cache_miss]
  t.same(all.map(({ count }) => count), [3, 1, 3, 3, 3, 3, 0, 0])
  t.equal(success.ns, queue.ns + compute_input.ns + compute_infer.ns + compute_output.ns, 'the parts make up the whole')
  t.ok(compute_infer.ns > 0 && fail.ns > 0 && Number.isSafeInteger(success.ns))
  t.same(batch_stats.map(({ batch_size, compute_infer }) => [batch_size, compute_infer.count]), [[1, 1], [4, 2]])
  t.same(memory_usage, [{ type: 'CPU', id: 0, byte_size: 32 }])
  t.same(response_stats, {})
  t.ok(last_inference >= before && last_inference <= Date.now())
})

t.test('statistics can be asked for one version, or for all models', async t => {
  const front = await prepared(t)
  await front.run(createModel, { name: 'a', architecture: DENSE })
  await front.run(modelInfer, { model: 'm', version: 1, inputs: [rows(1)] })
  const ask = async (asked: object): Promise<unknown> => {
    const { model_stats } = await front.run(modelStatistics, asked)
    return model_stats.map(stats => [stats.name, stats.version, stats.inference_count, stats.memory_usage[0]?.byte_size])
  }
  t.same(await ask({}), [['a', '0', 0, 32], ['m', '0', 0, 32], ['m', '1', 1, 32]])
  t.same(await ask({ model: 'm', version: 1 }), [['m', '1', 1, 32]])
  t.same(await ask({ model: 'm', version: 0 }), [['m', '0', 0, 32]])
  await t.rejects(ask({ model: 'm', version: 5 }), { code: 'checkpoint_not_found' })
  await t.rejects(ask({ model: 'x' }), { code: 'model_not_found' })
  await front.run(repositoryModelUnload, { model: 'm' })
  t.same(await ask({ model: 'm' }), [['m', '0', 0, 0], ['m', '1', 1, 0]], 'what is unloaded takes no memory')
})

t.test('names that nobody has are not counted, and counts end with their model', async t => {
  const front = await prepared(t)
  await t.rejects(front.run(modelInfer, { model: 'ghost', inputs: [rows(1)] }), { code: 'model_not_found' })
  await t.rejects(front.run(modelInfer, { model: 'm', version: 9, inputs: [rows(1)] }), { code: 'checkpoint_not_found' })
  await front.run(modelInfer, { model: 'm', inputs: [rows(1)] })
  const counted = async (): Promise<unknown> => {
    const { model_stats } = await front.run(modelStatistics, {})
    return model_stats.map(({ name, version, inference_count }) => [name, version, inference_count])
  }
  t.same(await counted(), [['m', '0', 1]])
  await front.run(deleteModel, { model: 'm' })
  await front.run(createModel, { name: 'm', architecture: DENSE })
  await front.run(createModel, { name: 'ghost', architecture: DENSE })
  t.same(await counted(), [['ghost', '0', 0], ['m', '0', 0]])
})

t.test('a long list of models is walked page by page, and gives other work its turn', async t => {
  const names = Array.from({ length: 450 }, (_, i) => `m${String(i).padStart(3, '0')}`)
  const models: Reader['models'] = ({ limit, after }) => {
    const items = names.filter(name => name > (after ?? '')).slice(0, limit)
    return { items: items.map(name => ({ name }) as ModelRecord), next: items.at(-1) === names.at(-1) ? null : items.at(-1) ?? null }
  }
  let turns = 0
  const others = setInterval(() => { turns++ })
  const found: string[] = []
  for await (const { name } of everyModel({ models } as Reader)) {
    found.push(name)
    const until = performance.now() + 0.05
    while (performance.now() < until);
  }
  clearInterval(others)
  t.same(found, names)
  t.ok(turns > 0, `${turns} turns`)
})
