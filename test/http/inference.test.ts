/** The Open Inference Protocol on the wire, with a data plane that the test plays. */
import { gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import t from 'tap'
import { problem } from '../../src/errors.ts'
import type { ErrorCode } from '../../src/errors.ts'
import { fakeApp } from './fake-dataplane.ts'
import { answer, INFER, INPUT, openApp } from './inference-app.ts'

t.test('each path reaches its operation, with and without a version', async t => {
  const { app, dataplane } = await openApp(t)
  dataplane.reply = () => ({ output: {} })
  const exchanges = [
    ['GET', '/v2', 'serverMetadata', {}],
    ['GET', '/v2/', 'serverMetadata', {}],
    ['GET', '/v2/models', 'listModelNames', {}],
    ['GET', '/v2/models/stats', 'modelStatistics', {}],
    ['GET', '/v2/models/m', 'modelMetadata', { model: 'm' }],
    ['GET', '/v2/models/m/versions/3', 'modelMetadata', { model: 'm', version: 3 }],
    ['GET', '/v2/models/m/config', 'modelConfig', { model: 'm' }],
    ['GET', '/v2/models/m/versions/0/config', 'modelConfig', { model: 'm', version: 0 }],
    ['GET', '/v2/models/m/stats', 'modelStatistics', { model: 'm' }],
    ['GET', '/v2/models/m/versions/12/stats', 'modelStatistics', { model: 'm', version: 12 }],
    ['POST', '/v2/repository/index', 'repositoryIndex', { ready: undefined }],
    ['POST', '/v2/repository/models/m/load', 'repositoryModelLoad', { model: 'm' }],
    ['POST', '/v2/repository/models/m/unload', 'repositoryModelUnload', { model: 'm' }]
  ] as const
  for (const [method, url, operation, input] of exchanges) {
    const { statusCode, headers, body } = await app.inject({ method, url })
    t.same([statusCode, headers['content-type'], body], [200, 'application/json', '{}'], url)
    t.same([dataplane.last.operation, dataplane.last.input], [operation, input], url)
  }
})

t.test('the repository takes Triton\'s bodies, and success is 200 without a body', async t => {
  const { app, dataplane } = await openApp(t)
  dataplane.reply = () => ({ output: null })
  const load = async (payload: unknown): Promise<[number, string, unknown]> => {
    const { statusCode, body } = await app.inject({ method: 'POST', url: '/v2/repository/models/m/load', payload: JSON.stringify(payload) })
    return [statusCode, body, dataplane.last.input]
  }
  const policy = (version_policy: unknown): object => ({ parameters: { config: JSON.stringify({ name: 'm', version_policy }) } })
  t.same(await load({}), [200, '', { model: 'm' }])
  t.same(await load(policy({ specific: { versions: [1, '3'] } })), [200, '', { model: 'm', versions: [1, 3] }])
  t.same(await load(policy({ latest: { num_versions: 2 } })), [200, '', { model: 'm', latest: 2 }])
  t.same(await load(policy({ all: {} })), [200, '', { model: 'm', latest: Number.MAX_SAFE_INTEGER }])
  t.same((await load(policy({}))).slice(0, 2), [200, ''])
  const refused = [
    { parameters: { 'file:1/model.onnx': 'AAAA' } }, { parameters: { config: '{' } }, { parameters: { config: 3 } },
    policy({ specific: {} }), policy(7), [], 'x'
  ]
  for (const body of refused) t.equal((await load(body))[0], 400, JSON.stringify(body))
  await app.inject({ method: 'POST', url: '/v2/repository/index', payload: '{"ready":true}' })
  t.same(dataplane.last.input, { ready: true })
  const unloaded = await app.inject({ method: 'POST', url: '/v2/repository/models/m/unload', payload: '{"parameters":{"unload_dependents":true}}' })
  t.same([unloaded.statusCode, unloaded.body], [200, ''])
})

t.test('a body is taken whatever it is called, as real clients call it', async t => {
  const { app, dataplane } = await openApp(t)
  const types = [
    undefined, 'application/json', 'application/octet-stream', 'application/x-www-form-urlencoded', 'application/json; charset=utf-8', 'text/plain',
    '', ' ', ';', '/', 'json', 'application/', 'application/json, text/plain', 'application/json; charset="utf-8', 'multipart/form-data; boundary=x'
  ]
  for (const type of types) {
    const { statusCode, headers, body } = await app.inject({
      method: 'POST',
      url: INFER,
      payload: Buffer.from(JSON.stringify({ id: '7', model_name: 'm', inputs: [INPUT] })),
      headers: type === undefined ? {} : { 'content-type': type }
    })
    t.same([statusCode, headers['content-type']], [200, 'application/json'], String(type))
    t.equal(body, '{"model_name":"m","model_version":"0","id":"7","outputs":[{"name":"output","datatype":"FP32","shape":[1,2],"data":[0.5,0.25]}]}')
    const input = { name: 'data', datatype: 'FP32', shape: [1, 2], parts: [{ byteLength: 8 }] }
    t.match(dataplane.last, { operation: 'modelInfer', input: { model: 'm', inputs: [input] } })
    t.notOk('version' in dataplane.last.input)
  }
})

t.test('binary in, binary out, with the length of the JSON in a header each way', async t => {
  const { app, dataplane } = await openApp(t)
  const input = { ...INPUT, data: undefined, parameters: { binary_data_size: 8 } }
  const json = JSON.stringify({ inputs: [input], parameters: { binary_data_output: true } })
  const elements = Buffer.from(Float32Array.of(3, 4).buffer)
  const { headers, rawPayload } = await app.inject({
    method: 'POST',
    url: '/v2/models/m/versions/2/infer',
    payload: Buffer.concat([Buffer.from(json), elements]),
    headers: { 'inference-header-content-length': String(json.length) }
  })
  const length = Number(headers['inference-header-content-length'])
  t.equal(headers['content-type'], 'application/octet-stream')
  t.match(JSON.parse(rawPayload.subarray(0, length).toString()), { outputs: [{ parameters: { binary_data_size: 8 } }] })
  t.same([...new Float32Array(new Uint8Array(rawPayload.subarray(length)).buffer)], [0.5, 0.25])
  const { version, inputs: [received] } = dataplane.last.input as { version: number, inputs: Array<{ parts: Buffer[] }> }
  t.equal(version, 2)
  t.ok(Buffer.concat(received?.parts ?? []).equals(elements))
  const raw = await app.inject({ method: 'POST', url: INFER, payload: elements, headers: { 'inference-header-content-length': '0' } })
  t.ok(Buffer.concat(dataplane.last.input.raw as Buffer[]).equals(elements))
  t.equal(raw.headers['content-type'], 'application/octet-stream', 'what comes as elements is answered as elements')
})

t.test('answers are compressed when asked, and only those of inferences', async t => {
  const { app, dataplane } = await openApp(t)
  const infer = async (encoding: string, body: object) =>
    await app.inject({ method: 'POST', url: INFER, payload: JSON.stringify(body), headers: { 'accept-encoding': encoding } })
  const plain = (await infer('identity', { inputs: [INPUT] })).rawPayload
  for (const [encoding, unpack] of [['gzip', gunzipSync], ['deflate', inflateSync]] as const) {
    const { headers, rawPayload } = await infer(encoding, { inputs: [INPUT] })
    t.equal(headers['content-encoding'], encoding)
    t.equal(headers['content-length'], String(rawPayload.length))
    t.ok(unpack(rawPayload).equals(plain))
    const binary = await infer(encoding, { inputs: [INPUT], parameters: { binary_data_output: true } })
    const whole = unpack(binary.rawPayload)
    t.match(JSON.parse(whole.subarray(0, Number(binary.headers['inference-header-content-length'])).toString()), { model_name: 'm' })
  }
  t.equal((await infer('br', { inputs: [INPUT] })).headers['content-encoding'], undefined)
  dataplane.reply = () => ({ output: { name: 'm' } })
  const metadata = await app.inject({ url: '/v2/models/m', headers: { 'accept-encoding': 'gzip, deflate' } })
  t.same([metadata.headers['content-encoding'], metadata.body], [undefined, '{"name":"m"}'])
})

t.test('a compressed request is read as if it were not', async t => {
  const { app, dataplane } = await openApp(t, { BLOCKSERVE_MAX_BODY_BYTES: '4096' })
  const send = async (payload: Buffer, encoding: string) =>
    await app.inject({ method: 'POST', url: INFER, payload, headers: { 'content-encoding': encoding } })
  t.equal((await send(gzipSync(JSON.stringify({ inputs: [INPUT] })), 'gzip')).statusCode, 200)
  t.match(dataplane.last.input, { inputs: [{ shape: [1, 2] }] })
  const tooLarge = await send(gzipSync(Buffer.alloc(4097)), 'gzip')
  t.same([tooLarge.statusCode, tooLarge.json()], [413, { error: 'The body is larger than 4096 bytes.' }])
  const unknown = await send(Buffer.from('x'), 'br')
  t.same([unknown.statusCode, unknown.headers['accept-encoding']], [415, 'gzip, deflate'])
})

t.test('a large answer leaves in pieces that together are the announced bytes', async t => {
  const { app, dataplane } = await openApp(t)
  const values = Array.from({ length: 100_000 }, (_, i) => i)
  dataplane.reply = () => answer(values)
  const payload = JSON.stringify({ inputs: [INPUT], parameters: { binary_data_output: true } })
  const { headers, rawPayload } = await app.inject({ method: 'POST', url: INFER, payload })
  t.equal(Number(headers['content-length']), rawPayload.length)
  const elements = new Float32Array(new Uint8Array(rawPayload.subarray(Number(headers['inference-header-content-length']))).buffer)
  t.same([...elements], values)
})

t.test('errors are {"error"} as application/json, with the statuses of the protocol', async t => {
  const { app, dataplane } = await openApp(t)
  const cases: ReadonlyArray<[ErrorCode, number]> = [
    ['model_not_found', 404], ['checkpoint_not_found', 404], ['model_unloaded', 400], ['wrong_input_shape', 400], ['inexact_input', 400],
    ['not_initialized', 400], ['queue_full', 503], ['engine_unavailable', 503], ['deadline_exceeded', 504], ['internal', 500], ['out_of_memory', 503]
  ]
  for (const [code, status] of cases) {
    dataplane.reply = () => { throw problem(code) }
    const { statusCode, headers, body } = await app.inject({ method: 'POST', url: INFER, payload: JSON.stringify({ inputs: [INPUT] }) })
    t.same([statusCode, headers['content-type'], Object.keys(JSON.parse(body) as object)], [status, 'application/json', ['error']], code)
    t.equal(headers['retry-after'], status === 503 ? '1' : undefined, code)
  }
  dataplane.reply = () => { throw new Error('secret') }
  t.notMatch((await app.inject({ method: 'POST', url: INFER, payload: JSON.stringify({ inputs: [INPUT] }) })).body, /secret/)
})

t.test('what no route or parser takes is {"error"} too', async t => {
  const { app, dataplane } = await openApp(t)
  const calls = dataplane.calls.length
  const cases = [
    ['GET', '/v2/nothing', 404, /nothing at GET \/v2\/nothing/],
    ['GET', '/v2/models/m/nothing', 404, /nothing at/],
    ['DELETE', '/v2/models/m', 405, /Allowed: GET/],
    ['GET', INFER, 405, /Allowed: POST/],
    ['POST', '/v2', 405, /Allowed: GET/],
    ['POST', '/v2/', 405, /Allowed: GET/],
    ['POST', '/v2/health/live', 405, /Allowed: GET/],
    ['GET', '/v2/health/live/', 404, /nothing at/],
    ['POST', '/v2/models/m/infer/', 404, /nothing at/],
    ['GET', '/v2//models', 404, /nothing at/],
    ['POST', '/v2/repository/other/index', 404, /nothing at/],
    ['GET', '/v2/models/%zz', 400, /percent/],
    ['GET', '/v2/models/a%2Fb/ready', 400, /not a valid name/],
    ['GET', '/v2/models/m/versions/x', 400, /a version is/],
    ['GET', '/v2/models/m/versions/-1', 400, /a version is/],
    ['GET', '/v2/models/m/versions/1.0/ready', 400, /a version is/],
    ['GET', `/v2/models/${'a'.repeat(1100)}`, 400, /longer than/]
  ] as const
  for (const [method, url, status, says] of cases) {
    const { statusCode, headers, body } = await app.inject({ method, url })
    t.same([statusCode, headers['content-type']], [status, 'application/json'], `${method} ${url}`)
    t.match((JSON.parse(body) as { error: string }).error, says, url)
    if (status === 405) t.ok(headers.allow, url)
  }
  t.equal(dataplane.calls.length, calls, 'none of them reached the data plane')
  t.match((await app.inject('/v2x')).headers['content-type'], /^application\/problem\+json/, 'what is not below /v2 keeps its own form')
})

t.test('the probes tell what they know, also to those who read the body', async t => {
  const state: { state: 'ready' | 'restarting', reason: null } = { state: 'ready', reason: null }
  const { app, dataplane } = await fakeApp(t, { health: () => state })
  const probe = async (url: string): Promise<unknown> => {
    const { statusCode, headers, body } = await app.inject(url)
    t.equal(headers['content-type'], 'application/json')
    return [statusCode, JSON.parse(body)]
  }
  t.same(await probe('/v2/health/live'), [200, { live: true }])
  t.same(await probe('/v2/health/ready'), [200, { ready: true }])
  dataplane.reply = () => ({ output: { name: 'm', ready: true } })
  t.same(await probe('/v2/models/m/ready'), [200, { name: 'm', ready: true }])
  dataplane.reply = () => ({ output: { name: 'm', ready: false, error: 'unloaded' } })
  t.same(await probe('/v2/models/m/versions/1/ready'), [503, { name: 'm', ready: false, error: 'unloaded' }])
  Object.assign(state, { state: 'restarting' })
  t.same(await probe('/v2/health/ready'), [503, { ready: false, error: 'the engine is restarting' }])
  t.same(await probe('/v2/health/live'), [200, { live: true }])
})

t.test('a timeout in microseconds becomes the deadline, never one later than the server\'s', async t => {
  const { app, dataplane } = await openApp(t, { BLOCKSERVE_REQUEST_TIMEOUT_MS: '5000' })
  const msFor = async (timeout: number | undefined): Promise<number> => {
    const before = Date.now()
    await app.inject({ method: 'POST', url: INFER, payload: JSON.stringify({ inputs: [INPUT], parameters: { timeout } }) })
    return dataplane.last.context.deadline - before
  }
  const [none, short, zero, long] = [await msFor(undefined), await msFor(250_000), await msFor(0), await msFor(3_600_000_000)]
  t.ok(short >= 250 && short < 3000, `${short}`)
  for (const ms of [none, zero, long]) t.ok(ms >= 5000 && ms < 8000, `${ms}`)
})

t.test('a priority goes along with the request, and 0 says nothing', async t => {
  const { app, dataplane } = await openApp(t)
  const priorityFor = async (priority: unknown): Promise<number | undefined> => {
    await app.inject({ method: 'POST', url: INFER, payload: JSON.stringify({ inputs: [INPUT], parameters: { priority } }) })
    return dataplane.last.context.priority
  }
  t.same([await priorityFor(2), await priorityFor('1'), await priorityFor(0), await priorityFor(undefined)], [2, 1, undefined, undefined])
})
