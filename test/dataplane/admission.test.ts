import t from 'tap'
import type { Test } from 'tap'
import {
  createCheckpoint, createModel, forward, initializeModel, modelInfer, modelStatistics, readModel, updateModel
} from '../../src/operations/index.ts'
import { Front } from './harness.ts'

const FULL = { code: 'queue_full', status: 503, retryAfter: 1 }

async function prepared (t: Test, options = {}): Promise<Front> {
  const front = new Front(t, options)
  await front.run(createModel, { name: 'm', seed: 0, architecture: { type: 'Dense', units: 2, in_units: 3 } })
  await front.run(initializeModel, { model: 'm' })
  await front.run(createCheckpoint, { model: 'm' })
  front.engine.full = 'm'
  return front
}

const failures = async (front: Front, version: number): Promise<unknown> =>
  (await front.run(modelStatistics, { model: 'm', version })).model_stats[0]?.inference_stats.fail.count

t.test('an inference of a model whose queue is full is refused before it is read, and counted as one that failed', async t => {
  const front = await prepared(t)
  const { dataplane } = front
  t.throws(() => { dataplane.admit(modelInfer, { model: 'm' }) }, FULL)
  t.throws(() => { dataplane.admit(modelInfer, { model: 'm', version: 1 }) }, FULL)
  t.throws(() => { dataplane.admit(modelInfer, { model: 'm', version: NaN }) }, FULL)
  t.throws(() => { dataplane.admit(forward, { model: 'm' }) }, FULL)
  t.same([await failures(front, 0), await failures(front, 1)], [1, 1])
})

t.test('other models, and operations that are no inference, are let in', async t => {
  const { dataplane } = await prepared(t)
  dataplane.admit(modelInfer, { model: 'other' })
  dataplane.admit(readModel, { model: 'm' })
})

t.test('an inference that the cache may answer is let in', async t => {
  const front = await prepared(t)
  await front.run(updateModel, { model: 'm', serving: { cache_bytes: 1000 } })
  front.dataplane.admit(modelInfer, { model: 'm' })
})

t.test('where the server keeps no answers at all a model that would is refused as any other', async t => {
  const front = await prepared(t, { cacheBytes: 0 })
  await front.run(updateModel, { model: 'm', serving: { cache_bytes: 1000 } })
  t.throws(() => { front.dataplane.admit(modelInfer, { model: 'm' }) }, FULL)
})
