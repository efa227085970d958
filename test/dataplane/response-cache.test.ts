import fc from 'fast-check'
import t from 'tap'
import type { Test } from 'tap'
import { cacheKey, ResponseCache } from '../../src/dataplane/response-cache.ts'
import {
  createCheckpoint, createModel, deleteCheckpoint, deleteModel, initializeModel, modelInfer, modelStatistics, patchData, updateModel,
  type Input
} from '../../src/operations/index.ts'
import type { ModelRecord } from '../../src/store/store.ts'
import { bytesOf, hostTensor } from '../../src/tensor.ts'
import { tensor } from '../runtime/harness.ts'
import { Front } from './harness.ts'
import { kept } from './kept.ts'

const DENSE = { type: 'Dense', units: 1, in_units: 2 }

const request = (...numbers: number[]): Input<typeof modelInfer> =>
  ({ model: 'm', inputs: [{ name: 'data', datatype: 'FP32', shape: [1, 2], parts: [bytesOf(tensor([1, 2], ...numbers))] }] })

async function makeModel (front: Front, cache_bytes: number): Promise<void> {
  await front.run(createModel, { name: 'm', seed: 0, architecture: DENSE, serving: { cache_bytes } })
  await front.run(initializeModel, { model: 'm', init: { type: 'Constant', value: 1 }, force_reinit: false })
  front.asked()
}

async function infer (front: Front, ...numbers: number[]): Promise<number> {
  const { outputs: [output] } = await front.run(modelInfer, request(...numbers))
  return output !== undefined && 'tensor' in output ? output.tensor.data[0] as number : NaN
}

const asks = (front: Front): number => front.asked().filter(name => name === 'modelInfer').length

t.test('the same inputs are answered without the engine, other inputs are not', async t => {
  const front = new Front(t)
  await makeModel(front, 10_000)
  t.same([await infer(front, 1, 2), await infer(front, 1, 2), await infer(front, 3, 4), await infer(front, 1, 2)], [3, 3, 7, 3])
  t.equal(asks(front), 2)
  const { model_stats: [stats] } = await front.run(modelStatistics, { model: 'm' })
  t.match(stats?.inference_stats, { success: { count: 4 }, cache_hit: { count: 2 }, cache_miss: { count: 2 } })
  t.equal(stats?.inference_count, 2, 'what was computed')
})

t.test('a model keeps nothing unless it is told to, and from when it is', async t => {
  const front = new Front(t)
  await makeModel(front, 0)
  await infer(front, 1, 2)
  await infer(front, 1, 2)
  t.equal(asks(front), 2)
  await front.run(updateModel, { model: 'm', serving: { cache_bytes: 10_000 } })
  await infer(front, 1, 2)
  await infer(front, 1, 2)
  t.equal(asks(front), 1)
})

t.test('an inference that changes its model is not kept', async t => {
  const front = new Front(t)
  await front.run(createModel, { name: 'm', seed: 0, architecture: { type: 'Dense', units: 1 }, serving: { cache_bytes: 10_000 } })
  await front.run(initializeModel, { model: 'm', init: { type: 'Constant', value: 1 }, force_reinit: false })
  front.asked()
  t.same([await infer(front, 1, 2), await infer(front, 1, 2), await infer(front, 1, 2)], [3, 3, 3])
  t.equal(asks(front), 2, 'the first gave the weight its shape')
})

t.test('a version is not kept: when its checkpoint is deleted it is gone', async t => {
  const front = new Front(t)
  await makeModel(front, 10_000)
  await front.run(createCheckpoint, { model: 'm' })
  const ask = () => front.run(modelInfer, { ...request(1, 2), version: 1 })
  await ask()
  await ask()
  await front.run(deleteCheckpoint, { model: 'm', checkpoint: 1 })
  await t.rejects(ask(), { code: 'checkpoint_not_found' })
})

t.test('a model that became unavailable is not answered for', async t => {
  const front = new Front(t)
  await makeModel(front, 10_000)
  await infer(front, 1, 2)
  const record = front.bench.store.model('m') as ModelRecord
  front.bench.store.transact(tx => { tx.putModel({ ...record, state: 'unavailable', reason: 'gone' }) })
  front.bench.runtime.models.drop('m')
  await t.rejects(infer(front, 1, 2), { code: 'model_unavailable' })
})

t.test('failures of models and versions that do not exist are not counted', async t => {
  const front = new Front(t)
  await makeModel(front, 0)
  front.engine.down = true
  for (const asked of [{ model: 'nobody' }, { version: 7 }, {}]) {
    await t.rejects(front.run(modelInfer, { ...request(1, 2), ...asked }), { code: 'engine_unavailable' })
  }
  t.same(front.dataplane.observe().inferences.map(({ model, version }) => [model, version]), [['m', 0]])
})

type Event = 'infer' | 'change' | 'remake'

t.test('whatever happens to the model between, an answer is what the engine would give', async t => {
  const front = new Front(t)
  await makeModel(front, 2_000)
  let weight = 1
  const act: Readonly<Record<Event, (value: number) => Promise<void>>> = {
    infer: async value => { t.equal(await infer(front, value, 1), weight * (value + 1)) },
    change: async value => {
      weight = value
      await front.run(patchData, { model: 'm', parameter: 'dense0_weight', slice: '...', set: hostTensor('float32', [], Float32Array.of(value)) })
    },
    remake: async () => {
      weight = 1
      await front.run(deleteModel, { model: 'm' })
      await makeModel(front, 2_000)
    }
  }
  const events = fc.array(fc.tuple(fc.constantFrom<Event>('infer', 'infer', 'infer', 'change', 'remake'), fc.integer({ min: 0, max: 3 })), { maxLength: 25 })
  await fc.assert(fc.asyncProperty(events, async events => {
    for (const [event, value] of events) await act[event](value)
  }), { numRuns: 30 })
})

const RECORD = { id: 1, revision: 2 } as ModelRecord

t.test('everything that an answer depends on makes another key', async t => {
  const requests = [
    request(1, 2), request(2, 1),
    { ...request(1, 2), version: 1 },
    { ...request(1, 2), outputs: [{ name: 'output' }] },
    { ...request(1, 2), outputs: [{ name: 'output', classification: 1 }] },
    { ...request(1, 2), inputs: [{ ...request(1, 2).inputs[0], shape: [2, 1] }] },
    { ...request(1, 2), inputs: [{ ...request(1, 2).inputs[0], datatype: 'INT32' }] },
    { ...request(1, 2), inputs: [{ ...request(1, 2).inputs[0], name: 'other' }] },
    { model: 'm', inputs: [], raw: request(1, 2).inputs[0]?.parts }
  ] as Array<Input<typeof modelInfer>>
  const others = [{ id: 2 }, { revision: 3 }].map(other => cacheKey({ ...RECORD, ...other }, request(1, 2)))
  const keys = [...requests.map(each => cacheKey(RECORD, each)), ...others]
  t.equal(new Set(keys).size, keys.length)
  t.equal(cacheKey(RECORD, request(1, 2)), keys[0])
})

function sizes (t: Test, cache: ResponseCache, keys: readonly string[], expected: readonly boolean[]): void {
  t.same(keys.map(key => cache.get('m', key) !== undefined), expected)
}

t.test('the answers used least recently go when there is no room, and one too large is not kept', async t => {
  const cache = new ResponseCache(1_000_000)
  for (const key of ['a', 'b', 'c']) cache.set('m', key, kept(250), 4000)
  sizes(t, cache, ['b', 'c', 'a'], [true, true, false])
  cache.get('m', 'b')
  cache.set('m', 'd', kept(250), 4000)
  sizes(t, cache, ['b', 'c', 'd'], [true, false, true])
  cache.set('m', 'large', kept(5000), 4000)
  sizes(t, cache, ['large', 'b'], [false, true])
  cache.forget('m')
  sizes(t, cache, ['b', 'd'], [false, false])
})

t.test('what is kept shares no memory with the frame it came in', async t => {
  const cache = new ResponseCache(1_000_000)
  const frame = new Float32Array(1000)
  cache.set('m', 'a', { version: 0, outputs: [{ name: 'output', tensor: hostTensor('float32', [2], frame.subarray(10, 12)) }] }, 4000)
  const output = cache.get('m', 'a')?.outputs[0]
  t.equal(output !== undefined && 'tensor' in output ? output.tensor.data.buffer.byteLength : 0, 8)
})

t.test('with a bound of 0 nothing is kept, and nothing is looked up', async t => {
  const front = new Front(t, { cacheBytes: 0 })
  await makeModel(front, 10_000)
  await infer(front, 1, 2)
  await infer(front, 1, 2)
  t.equal(asks(front), 2)
  const { model_stats: [stats] } = await front.run(modelStatistics, { model: 'm' })
  t.match(stats?.inference_stats, { cache_hit: { count: 0 }, cache_miss: { count: 0 } })
  const cache = new ResponseCache(0)
  cache.set('m', 'a', kept(0), 10_000)
  sizes(t, cache, ['a'], [false])
})
