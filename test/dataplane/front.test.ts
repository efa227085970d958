import t from 'tap'
import { createCheckpoint, createModel, forward, initializeModel, putArrays, putData, readCheckpointContent, readData, readModel } from '../../src/operations/index.ts'
import { tensor } from '../runtime/harness.ts'
import { CONTEXT, Front } from './harness.ts'

t.test('what is not saved is asked of the engine, in the order of its model, with all the request said', async t => {
  const front = new Front(t)
  const { signal } = new AbortController()
  await front.run(createModel, { name: 'm', architecture: { type: 'Dense', units: 2 } })
  await front.run(initializeModel, { model: 'm', init: 'ones' }, { ifMatch: 1, idempotencyKey: 'k', requestId: 'id', deadline: 9e15, signal })
  t.match(front.engine.calls[0], { operation: 'createModel', kind: 'mutate', model: null })
  t.match(front.engine.calls[1], {
    operation: 'initializeModel',
    kind: 'mutate',
    model: 'm',
    deadline: 9e15,
    input: { input: { model: 'm', init: 'ones' }, request_id: 'id', if_match: 1, idempotency_key: 'k' }
  })
  t.equal(front.engine.calls[1]?.signal, signal)
})

t.test('an answer has the revision of the model it read or changed', async t => {
  const front = new Front(t)
  await front.run(createModel, { name: 'm', architecture: { type: 'Dense', units: 1, in_units: 1 } })
  t.match(await front.dataplane.run(initializeModel, { model: 'm' }, CONTEXT), { revision: 2 })
  t.match(await front.dataplane.run(readModel, { model: 'm' }, CONTEXT), { revision: 2 })
  t.match(await front.dataplane.run(readData, { model: 'm', parameter: 'dense0_bias' }, CONTEXT), { revision: 2 })
})

t.test('errors of the engine pass as they are', async t => {
  const front = new Front(t)
  await t.rejects(front.run(initializeModel, { model: 'm' }), { code: 'model_not_found' })
  front.engine.down = true
  await t.rejects(front.run(initializeModel, { model: 'm' }), { code: 'engine_unavailable', status: 503, retryAfter: 1 })
})

t.test('what is saved can be read while the engine is down', async t => {
  const front = new Front(t)
  await front.run(createModel, { name: 'm', seed: 0, architecture: { type: 'Dense', units: 1, in_units: 2 } })
  await front.run(initializeModel, { model: 'm', init: 'ones' })
  await front.run(putData, { model: 'm', parameter: 'weight', value: tensor([1, 2], 3, 4) })
  await front.run(createCheckpoint, { model: 'm' })
  await front.run(putArrays, { name: 'a', array: tensor([1], 5) })
  front.engine.down = true
  t.match(await front.run(readModel, { model: 'm' }), { state: 'ready', revision: 4 })
  t.same(await front.run(readData, { model: 'm', parameter: 'weight' }), tensor([1, 2], 3, 4))
  t.match(await front.run(readCheckpointContent, { model: 'm', checkpoint: 1 }), { filename: 'm-1.params', bytes: Number })
  await t.rejects(front.run(forward, { model: 'm', inputs: [tensor([1, 2], 1, 1)] }), { code: 'engine_unavailable' })
})
