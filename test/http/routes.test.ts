import { Readable } from 'node:stream'
import t from 'tap'
import { OPERATIONS } from '../../src/operations/index.ts'
import { OIP_ROUTES } from '../../src/http/routes/v2/index.ts'
import { V1_ROUTES } from '../../src/http/routes/v1/index.ts'
import { zeros } from '../../src/tensor.ts'
import type { HostTensor } from '../../src/tensor.ts'
import { fakeApp } from './fake-dataplane.ts'

type Exchange = readonly [method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, body: object | undefined, operation: string, input: object]

const SPEC = { type: 'Dense', units: 8, extra: { anything: [1] } }
const page = { limit: 100 }
const one = (value: number, shape: readonly number[] = [1]): HostTensor => ({ ...zeros('float32', shape), data: new Float32Array([value]) })

const EXCHANGES: readonly Exchange[] = [
  ['GET', '/v1/runtime', undefined, 'readRuntime', {}],
  ['GET', '/v1/blocks', undefined, 'listBlocks', {}],
  ['GET', '/v1/initializers', undefined, 'listInitializers', {}],
  ['GET', '/v1/losses', undefined, 'listLosses', {}],
  ['GET', '/v1/architectures?limit=5&after=a', undefined, 'listArchitectures', { limit: 5, after: 'a' }],
  ['GET', '/v1/architectures/MLP', undefined, 'readArchitecture', { architecture: 'MLP' }],
  ['PUT', '/v1/architectures/mine', SPEC, 'putArchitecture', { architecture: 'mine', spec: SPEC }],
  ['DELETE', '/v1/architectures/mine', undefined, 'deleteArchitecture', { architecture: 'mine' }],
  ['POST', '/v1/architectures/validate', { children: 3 }, 'validateArchitecture', { spec: { children: 3 } }],
  ['POST', '/v1/models', { name: 'seq', seed: 0, architecture: SPEC }, 'createModel', { name: 'seq', seed: 0, architecture: SPEC }],
  ['POST', '/v1/models', { seed: -3, architecture: 'MLP' }, 'createModel', { seed: -3, architecture: 'MLP' }],
  ['POST', '/v1/models', { architecture: 'MLP', serving: { max_queue_delay_us: 5 } }, 'createModel', { architecture: 'MLP', serving: { max_queue_delay_us: 5 } }],
  ['GET', '/v1/models', undefined, 'listModels', page],
  ['GET', '/v1/models/seq', undefined, 'readModel', { model: 'seq' }],
  ['PATCH', '/v1/models/seq', { serving: { max_batch_size: 8, cache_bytes: null } }, 'updateModel', {
    model: 'seq', serving: { max_batch_size: 8, cache_bytes: null }
  }],
  ['DELETE', '/v1/models/seq', undefined, 'deleteModel', { model: 'seq' }],
  ['POST', '/v1/models/seq/clone', { name: 'b' }, 'cloneModel', { model: 'seq', name: 'b' }],
  ['POST', '/v1/models/seq/initialize', { init: 'xavier', block: '1' }, 'initializeModel', { model: 'seq', init: 'xavier', block: '1', force_reinit: false }],
  ['POST', '/v1/models/seq/random', { distribution: 'uniform', shape: [2, 20] }, 'drawRandom', { model: 'seq', distribution: 'uniform', shape: [2, 20] }],
  ['POST', '/v1/models/seq/forward', { inputs: [[1]], capture: ['0'] }, 'forward', { model: 'seq', inputs: [one(1)], train_mode: false, capture: ['0'] }],
  ['POST', '/v1/models/seq/backward', { inputs: [[1]], head_gradients: [2] }, 'backward', {
    model: 'seq', inputs: [one(1)], head_gradients: [one(2, [])], train_mode: true
  }],
  ['POST', '/v1/models/b/load', { model: 'mlp', checkpoint: 1 }, 'loadModel', { model: 'b', source: { model: 'mlp', checkpoint: 1 } }],
  ['POST', '/v1/models/b/load?cast_dtype=true&ignore_extra=true', { checkpoint: 2, ignore_extra: false }, 'loadModel', {
    model: 'b', source: { checkpoint: 2 }, cast_dtype: true, ignore_extra: false
  }],
  ['GET', '/v1/models/seq/blocks/0.1', undefined, 'readBlock', { model: 'seq', path: '0.1' }],
  ['GET', '/v1/models/seq/parameters?select=.*weight', undefined, 'listParameters', { model: 'seq', select: '.*weight' }],
  ['GET', '/v1/models/seq/parameters/0.weight', undefined, 'readParameter', { model: 'seq', parameter: '0.weight' }],
  ['PATCH', '/v1/models/seq/parameters/w', { grad_req: 'add' }, 'updateParameter', { model: 'seq', parameter: 'w', grad_req: 'add' }],
  ['GET', '/v1/models/seq/parameters/w/data?slice=0,0:3', undefined, 'readData', { model: 'seq', parameter: 'w', slice: '0,0:3' }],
  ['PUT', '/v1/models/seq/parameters/w/data', { shape: [1], dtype: 'float32', data: [3] }, 'putData', { model: 'seq', parameter: 'w', value: one(3) }],
  ['PUT', '/v1/models/seq/parameters/w/data', [3], 'putData', { model: 'seq', parameter: 'w', value: one(3) }],
  ['PATCH', '/v1/models/seq/parameters/w/data', { slice: ':', add: 1 }, 'patchData', { model: 'seq', parameter: 'w', slice: ':', add: one(1, []) }],
  ['GET', '/v1/models/seq/parameters/w/grad', undefined, 'readGrad', { model: 'seq', parameter: 'w' }],
  ['DELETE', '/v1/models/seq/parameters/w/grad', undefined, 'zeroGrad', { model: 'seq', parameter: 'w' }],
  ['GET', '/v1/models/seq/parameters/w/statistics?bins=4', undefined, 'readStatistics', { model: 'seq', parameter: 'w', bins: 4 }],
  ['POST', '/v1/models/seq/checkpoints', { note: 'first' }, 'createCheckpoint', { model: 'seq', note: 'first', format: 'mxnet' }],
  ['GET', '/v1/models/seq/checkpoints', undefined, 'listCheckpoints', { model: 'seq', ...page }],
  ['GET', '/v1/models/seq/checkpoints/1', undefined, 'readCheckpoint', { model: 'seq', checkpoint: 1 }],
  ['GET', '/v1/models/seq/checkpoints/1/content', undefined, 'readCheckpointContent', { model: 'seq', checkpoint: 1 }],
  ['DELETE', '/v1/models/seq/checkpoints/1', undefined, 'deleteCheckpoint', { model: 'seq', checkpoint: 1 }],
  ['GET', '/v1/arrays', undefined, 'listArrays', page],
  ['GET', '/v1/arrays/x?format=mxnet', undefined, 'readArrays', { name: 'x', format: 'mxnet' }],
  ['PUT', '/v1/arrays/x', { list: [[1], 2] }, 'putArrays', { name: 'x', list: [one(1), one(2, [])] }],
  ['PUT', '/v1/arrays/x', { arrays: { 'a/b': [1] } }, 'putArrays', { name: 'x', arrays: { 'a/b': one(1) } }],
  ['DELETE', '/v1/arrays/x', undefined, 'deleteArrays', { name: 'x' }]
]

t.test('each exchange reaches its operation with every member in its place, tensors decoded and defaults filled in', async t => {
  const { app, dataplane } = await fakeApp(t)
  for (const [method, url, payload, operation, input] of EXCHANGES) {
    const response = await app.inject({ method, url, ...payload && { payload } })
    t.ok(response.statusCode < 300, `${method} ${url}: ${response.body}`)
    t.strictSame([dataplane.last.operation, dataplane.last.input], [operation, input], `${method} ${url}`)
  }
})

t.test('the exchanges above cover every operation that the inference protocol does not have, and each has one route', async t => {
  const served = new Set(OIP_ROUTES.map(({ operation }) => operation.name))
  const names = OPERATIONS.map(({ name }) => name).filter(name => !served.has(name)).sort()
  t.same([...new Set(EXCHANGES.map(([, , , operation]) => operation))].sort(), names)
  t.same(V1_ROUTES.map(({ operation }) => operation.name).sort(), names)
})

t.test('a file is the whole body of an octet-stream request', async t => {
  const { app, dataplane } = await fakeApp(t)
  const file = Buffer.from([1, 2, 3])
  const headers = { 'content-type': 'application/octet-stream' }
  await app.inject({ method: 'POST', url: '/v1/models/b/load?allow_missing=true', payload: file, headers })
  t.strictSame(dataplane.last.input, { model: 'b', file, allow_missing: true })
  await app.inject({ method: 'PUT', url: '/v1/arrays/x', payload: file, headers })
  t.strictSame(dataplane.last.input, { name: 'x', file })
})

t.test('an optional body may be absent, or empty with a JSON content type', async t => {
  const { app, dataplane } = await fakeApp(t)
  const url = '/v1/models/seq/initialize'
  for (const request of [{}, { headers: { 'content-type': 'application/json' } }, { headers: { 'content-type': 'application/json' }, payload: '' }]) {
    const { statusCode } = await app.inject({ method: 'POST', url, ...request })
    t.equal(statusCode, 200)
    t.same(dataplane.last.input, { model: 'seq', force_reinit: false })
  }
})

t.test('what is made answers 201 with its Location, what answers nothing 204', async t => {
  const { app, dataplane } = await fakeApp(t)
  dataplane.reply = () => ({ output: { name: 'seq', id: 3 } })
  const model = await app.inject({ method: 'POST', url: '/v1/models', payload: { architecture: 'MLP' } })
  t.same([model.statusCode, model.headers.location], [201, '/v1/models/seq'])
  const checkpoint = await app.inject({ method: 'POST', url: '/v1/models/seq/checkpoints' })
  t.same([checkpoint.statusCode, checkpoint.headers.location], [201, '/v1/models/seq/checkpoints/3'])
  dataplane.reply = () => ({ output: null, revision: 7 })
  const gone = await app.inject({ method: 'DELETE', url: '/v1/models/seq' })
  t.same([gone.statusCode, gone.body, gone.headers.etag], [204, '', '"7"'])
})

t.test('tensors in an answer are written in full', async t => {
  const { app, dataplane } = await fakeApp(t)
  dataplane.reply = () => ({ output: { outputs: [{ ...zeros('float32', [2]), data: new Float32Array([0.1, Infinity]) }] }, revision: 2 })
  const response = await app.inject({ method: 'POST', url: '/v1/models/seq/forward', payload: { inputs: [] } })
  t.equal(response.body, '{"outputs":[{"shape":[2],"dtype":"float32","data":[0.1,"Infinity"]}]}')
  t.equal(response.headers['content-type'], 'application/json; charset=utf-8')
  t.equal(response.headers.etag, '"2"')
})

t.test('a file is answered as its bytes, from memory or as a stream', async t => {
  const { app, dataplane } = await fakeApp(t)
  const data = new Uint8Array([0, 1, 2, 255])
  for (const source of [{ data }, { stream: Readable.from([Buffer.from(data)]) }]) {
    dataplane.reply = () => ({ output: { kind: 'file', filename: 'mlp-1.params', bytes: 4, sha256: '00ff', source } })
    const { headers, rawPayload } = await app.inject({ url: '/v1/models/mlp/checkpoints/1/content' })
    t.same([...rawPayload], [...data])
    t.match(headers, {
      'content-type': 'application/octet-stream', 'content-length': '4', 'content-disposition': 'attachment; filename="mlp-1.params"', 'repr-digest': 'sha-256=:AP8=:'
    })
  }
})
