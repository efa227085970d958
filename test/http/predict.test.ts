/** KServe's V1 protocol on the wire, with a data plane that the test plays. */
import { gunzipSync, gzipSync } from 'node:zlib'
import t from 'tap'
import { problem } from '../../src/errors.ts'
import { answer, openApp } from './inference-app.ts'

const PREDICT = '/v1/models/m:predict'
const BODY = JSON.stringify({ instances: [[1, 2]] })

t.test('a prediction is an inference of the model before the colon, however the body is called', async t => {
  const { app, dataplane } = await openApp(t)
  for (const type of [undefined, 'application/json', 'application/json; charset=utf-8', 'text/plain', 'application/octet-stream']) {
    const { statusCode, headers, body } = await app.inject({
      method: 'POST', url: PREDICT, payload: BODY, headers: { 'x-request-timeout-ms': '5000', ...type !== undefined && { 'content-type': type } }
    })
    t.same([statusCode, headers['content-type'], body], [200, 'application/json', '{"predictions":[[0.5,0.25]]}'], String(type))
    t.match(dataplane.last, { operation: 'modelInfer', input: { model: 'm', inputs: [{ name: 'data', datatype: 'FP32', shape: [1, 2] }] } })
    t.ok(dataplane.last.context.deadline <= Date.now() + 5000)
  }
})

t.test('any name of a model may stand before the colon, and what is none is refused', async t => {
  const { app, dataplane } = await openApp(t)
  const ask = async (name: string): Promise<number> =>
    (await app.inject({ method: 'POST', url: `/v1/models/${name}:predict`, payload: BODY })).statusCode
  for (const name of ['a.b-c_d', '..my_model', 'predict', 'x'.repeat(128)]) {
    t.equal(await ask(name), 200, name)
    t.equal(dataplane.last.input.model, name)
  }
  for (const name of ['stats', '..', 'a%20b', 'x'.repeat(129), 'a%2Fb']) t.equal(await ask(name), 400, name)
})

t.test('compressed bodies are read, and answers compressed as asked', async t => {
  const { app } = await openApp(t)
  const headers = { 'content-encoding': 'gzip', 'accept-encoding': 'gzip' }
  const answered = await app.inject({ method: 'POST', url: PREDICT, payload: gzipSync(BODY), headers })
  t.same([answered.statusCode, gunzipSync(answered.rawPayload).toString()], [200, '{"predictions":[[0.5,0.25]]}'])
})

t.test('errors are KServe\'s, with statuses of the Open Inference Protocol', async t => {
  const { app, dataplane } = await openApp(t, { BLOCKSERVE_MAX_BODY_BYTES: '2000' })
  const ask = async (payload: string, url = PREDICT) => {
    const { statusCode, headers, body } = await app.inject({ method: 'POST', url, payload })
    return { status: statusCode, type: headers['content-type'], error: (JSON.parse(body) as { error: string }).error }
  }
  const type = 'application/json'
  t.match(await ask('{"instances": ['), { status: 400, type, error: /not valid JSON/ })
  t.match(await ask(''), { status: 400, type, error: /received nothing/ })
  t.match(await ask(`{"instances":${'['.repeat(500)}${']'.repeat(500)}}`), { status: 400, type, error: /deeper than 100 levels/ })
  t.match(await ask('{"instances":[[1,2],[3]]}'), { status: 400, type, error: /\/instances\/1/ })
  t.match(await ask('x'.repeat(2001)), { status: 413, type, error: /larger than 2000 bytes/ })
  t.match(await ask(BODY, `/v1/models/${'x'.repeat(1200)}:predict`), { status: 400, type, error: /longer than 1024/ })
  for (const [code, values, status] of [['model_not_found', { model: 'm', known: '' }, 404], ['unknown_input', { model: 'm', input: 'a', known: '' }, 400], ['queue_full', { model: 'm', limit: 1 }, 503]] as const) {
    dataplane.reply = () => { throw problem(code, values) }
    t.match(await ask(BODY), { status, type, error: String }, code)
  }
  dataplane.reply = () => answer([1, 2, 3])
  t.match(await ask('{"instances":[[1,2],[3,4]]}'), { status: 400, type, error: /not a row for each of 2 instance/ })
})

t.test('what else stands at a model is our own', async t => {
  const { app, dataplane } = await openApp(t)
  dataplane.reply = () => ({ output: {} })
  await app.inject('/v1/models/m')
  t.equal(dataplane.last.operation, 'readModel')
  const put = await app.inject({ method: 'PUT', url: PREDICT })
  t.match([put.statusCode, put.headers.allow, put.headers['content-type']], [405, /POST/, /problem\+json/])
  const explain = await app.inject({ method: 'POST', url: '/v1/models/m:explain', payload: BODY, headers: { 'content-type': 'application/json' } })
  t.notOk(explain.statusCode < 400)
})
