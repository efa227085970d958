import t from 'tap'
import type { Test } from 'tap'
import {
  cloneModel, createModel, forward, initializeModel, modelConfig, modelInfer, readModel, repositoryModelLoad, repositoryModelUnload,
  updateModel
} from '../../src/operations/index.ts'
import { bytesOf } from '../../src/tensor.ts'
import { tensor } from '../runtime/harness.ts'
import { CONTEXT, Front } from './harness.ts'

const DENSE = { type: 'Dense', units: 2, in_units: 3 }
const DEFAULTS = { max_batch_size: 4096, max_queue_delay_us: 0, cache_bytes: 0 }

async function prepared (t: Test): Promise<Front> {
  const front = new Front(t)
  await front.run(createModel, { name: 'm', seed: 0, architecture: DENSE, serving: { max_batch_size: 8, cache_bytes: null } })
  await front.run(initializeModel, { model: 'm' })
  return front
}

const servingOf = async (front: Front, model = 'm'): Promise<unknown> => (await front.run(readModel, { model })).serving

t.test('a model is served as it was told when it was made, else by default', async t => {
  const front = await prepared(t)
  await front.run(createModel, { name: 'plain', architecture: DENSE })
  t.same(await servingOf(front), { ...DEFAULTS, max_batch_size: 8 })
  t.same(await servingOf(front, 'plain'), DEFAULTS)
})

t.test('a change sets what it names, null takes back, and the rest stays', async t => {
  const front = await prepared(t)
  const change = async (serving: object): Promise<unknown> => (await front.run(updateModel, { model: 'm', serving })).serving
  t.same(await change({ max_queue_delay_us: 200 }), { ...DEFAULTS, max_batch_size: 8, max_queue_delay_us: 200 })
  t.same(await change({ max_batch_size: null, cache_bytes: 5 }), { ...DEFAULTS, max_queue_delay_us: 200, cache_bytes: 5 })
  t.same(await servingOf(front), { ...DEFAULTS, max_queue_delay_us: 200, cache_bytes: 5 })
  t.same(await change({}), { ...DEFAULTS, max_queue_delay_us: 200, cache_bytes: 5 })
})

t.test('a change is a mutation: it has a revision, is refused by If-Match, and applies once per key', async t => {
  const front = await prepared(t)
  const change = (serving: object, more: object = {}) => front.dataplane.run(updateModel, { model: 'm', serving }, { ...CONTEXT, ...more })
  t.match(await change({ cache_bytes: 1 }), { revision: 3, output: { revision: 3 } })
  await t.rejects(change({ cache_bytes: 2 }, { ifMatch: 2 }), { code: 'precondition_failed' })
  const first = await change({ cache_bytes: 3 }, { idempotencyKey: 'k' })
  t.same(await change({ cache_bytes: 3 }, { idempotencyKey: 'k' }), first)
  t.match(await front.run(readModel, { model: 'm' }), { revision: 4, serving: { cache_bytes: 3 } })
  await t.rejects(front.run(updateModel, { model: 'x', serving: {} }), { code: 'model_not_found' })
})

t.test('settings survive a restart, other changes, an unload, and go along with a clone', async t => {
  const front = await prepared(t)
  const wanted = { ...DEFAULTS, max_batch_size: 8 }
  front.bench.restarted().run(forward, { model: 'm', inputs: [tensor([1, 3], 1, 2, 3)], train_mode: true })
  t.same(await servingOf(front), wanted)
  await front.run(repositoryModelUnload, { model: 'm' })
  await t.rejects(front.run(updateModel, { model: 'm', serving: {} }), { code: 'model_unloaded' })
  t.same(await servingOf(front), wanted)
  await front.run(repositoryModelLoad, { model: 'm' })
  await front.run(cloneModel, { model: 'm', name: 'copy' })
  t.same([await servingOf(front), await servingOf(front, 'copy')], [wanted, wanted])
  await front.run(updateModel, { model: 'm', serving: { max_batch_size: 2 } })
  t.same(await servingOf(front, 'copy'), wanted, 'the copy has its own')
})

t.test('an inference of a model with settings changes nothing', async t => {
  const front = await prepared(t)
  const value = tensor([1, 3], 1, 2, 3)
  await front.run(modelInfer, { model: 'm', inputs: [{ name: 'data', datatype: 'FP32', shape: value.shape, parts: [bytesOf(value)] }] })
  t.match(await front.run(readModel, { model: 'm' }), { revision: 2 })
})

t.test('the configuration of the inference protocol tells the settings', async t => {
  const front = await prepared(t)
  await front.run(updateModel, { model: 'm', serving: { max_queue_delay_us: 200 } })
  const config = await front.run(modelConfig, { model: 'm' })
  t.match(config, { max_batch_size: 8, dynamic_batching: { preferred_batch_size: [], max_queue_delay_microseconds: 200 } })
  t.notOk('response_cache' in config)
  await front.run(updateModel, { model: 'm', serving: { cache_bytes: 1 } })
  t.same((await front.run(modelConfig, { model: 'm' })).response_cache, { enable: true })
})

t.test('a model whose rows are not apart has no batches, whatever its settings', async t => {
  const front = await prepared(t)
  const centered = { type: 'custom', class: 'Centered', init: [], forward: [['return', ['sub', 'x', ['mean', 'x']]]] }
  await front.run(createModel, { name: 'c', architecture: centered, serving: { max_batch_size: 8, max_queue_delay_us: 9 } })
  const config = await front.run(modelConfig, { model: 'c' })
  t.equal(config.max_batch_size, 0)
  t.notOk('dynamic_batching' in config)
})
