import t from 'tap'
import { fakeApp } from './fake-dataplane.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
interface Refusal {
  readonly method?: Method
  readonly url: string
  readonly payload?: string | object
  readonly type?: string
  readonly status?: number
  readonly code?: string
  readonly pointer?: string
  readonly says?: RegExp
}

const MODELS = '/v1/models'
const FORWARD = '/v1/models/seq/forward'
const DATA = '/v1/models/seq/parameters/w/data'

const REFUSALS: Readonly<Record<string, Refusal>> = {
  'an unknown member': { url: MODELS, payload: { architecture: 'MLP', sead: 1 }, pointer: '/sead', says: /known: name, architecture, options, seed/ },
  'an unknown member with a slash in its name': { url: FORWARD, payload: { inputs: [], 'a/b~': 1 }, pointer: '/a~1b~0' },
  'a __proto__ member': { url: FORWARD, payload: '{"inputs":[],"__proto__":{"train_mode":true}}', pointer: '/__proto__' },
  'a constructor member': { url: FORWARD, payload: { inputs: [], constructor: 1 }, pointer: '/constructor' },
  'an unknown query parameter': { method: 'GET', url: '/v1/models?limt=3', pointer: '/limt', says: /known: limit, after/ },
  'a missing member': { url: FORWARD, payload: {}, pointer: '', says: /'inputs'/ },
  'text for a boolean': { url: FORWARD, payload: { inputs: [], train_mode: 'true' }, pointer: '/train_mode', says: /boolean, received "true"/ },
  'a number for a boolean': { url: FORWARD, payload: { inputs: [], train_mode: 1 }, pointer: '/train_mode' },
  'text for a number': { url: MODELS, payload: { architecture: 'MLP', seed: '0' }, pointer: '/seed', says: /integer, received "0"/ },
  'null for a number': { url: MODELS, payload: { architecture: 'MLP', seed: null }, pointer: '/seed', says: /received null/ },
  'a single value for a list': { url: FORWARD, payload: { inputs: [], capture: '0' }, pointer: '/capture' },
  'an architecture that is a number': { url: MODELS, payload: { architecture: 5 }, pointer: '/architecture', says: /string or object, received 5/ },
  'an unknown distribution': { url: '/v1/models/seq/random', payload: { distribution: 'gauss' }, pointer: '/distribution', says: /uniform, normal/ },
  'neither set nor add': { url: DATA, method: 'PATCH', payload: { slice: ':' }, pointer: '', says: /exactly one of the members set, add/ },
  'both set and add': { url: DATA, method: 'PATCH', payload: { slice: ':', set: 1, add: 1 }, pointer: '' },
  'no arrays at all': { url: '/v1/arrays/x', method: 'PUT', payload: {}, pointer: '', says: /array, list, arrays/ },
  'a limit of 0': { method: 'GET', url: '/v1/models?limit=0', pointer: '/limit' },
  'a limit of 1001': { method: 'GET', url: '/v1/models?limit=1001', pointer: '/limit' },
  'a limit that is no number': { method: 'GET', url: '/v1/models?limit=ten', pointer: '/limit' },
  'a limit given twice': { method: 'GET', url: '/v1/models?limit=1&limit=2', pointer: '/limit' },
  'a checkpoint number that is none': { method: 'GET', url: '/v1/models/m/checkpoints/one', pointer: '/checkpoint' },
  'a body that is a list': { url: FORWARD, payload: '[]', pointer: '', says: /object, received a list/ },
  'a body that is null': { url: '/v1/models/seq/initialize', payload: 'null', pointer: '', says: /object, received null/ },
  'a body that is a number': { url: FORWARD, payload: '3', pointer: '' },
  'a body that is text': { url: FORWARD, payload: '"x"', pointer: '' },
  'no body where one is needed': { url: FORWARD, pointer: '' },
  'a spec that is a list': { method: 'PUT', url: '/v1/architectures/a', payload: '[]', pointer: '' },
  'JSON cut off': { url: FORWARD, payload: '{"inputs": [', code: 'invalid_json' },
  'NaN as a token': { url: FORWARD, payload: '{"inputs": [NaN]}', code: 'invalid_json' },
  'garbage behind the body': { url: FORWARD, payload: '{"inputs": []}}', code: 'invalid_json' },
  'a body nested too deep': { url: MODELS, payload: `{"architecture":${'{"type":'.repeat(250_000)}1${'}'.repeat(250_000)}}`, code: 'invalid_json' },
  'a tensor with an element of another type': { url: FORWARD, payload: { inputs: [[1], [[2, '3']]] }, code: 'invalid_tensor', pointer: '/inputs/1/0/1' },
  'a tensor in a dict': { url: '/v1/arrays/x', method: 'PUT', payload: { arrays: { 'a/b': [null] } }, code: 'invalid_tensor', pointer: '/arrays/a~1b/0' },
  'a whole body that is no tensor': { url: DATA, method: 'PUT', payload: { value: [1] }, code: 'invalid_tensor', says: /'value'/ },
  'a name with a slash': { url: '/v1/models/a%2Fb/forward', code: 'invalid_name' },
  'a name with a backslash': { url: '/v1/models/a%5Cb/forward', code: 'invalid_name' },
  'a name with a NUL': { url: '/v1/models/a%00/forward', code: 'invalid_name' },
  'a name with a line break': { url: '/v1/models/a%0D%0Ab/forward', code: 'invalid_name' },
  'a name with letters beyond ASCII': { url: '/v1/models/na%C3%AFve/forward', code: 'invalid_name' },
  'a name of 129 characters': { url: `/v1/models/${'a'.repeat(129)}/forward`, code: 'invalid_name' },
  'the reserved name': { method: 'GET', url: '/v1/models/stats', code: 'invalid_name' },
  'a name .. in a body': { url: MODELS, payload: { name: '..', architecture: 'MLP' }, code: 'invalid_name', pointer: '/name' },
  'an empty name': { url: MODELS, payload: { name: '', architecture: 'MLP' }, code: 'invalid_name' },
  'a path part of 1025 characters': { method: 'GET', url: `/v1/models/m/parameters/${'a'.repeat(1025)}` },
  'a URL that is no UTF-8': { method: 'GET', url: '/v1/models/%ff', code: 'malformed_http' },
  'a form': { url: FORWARD, payload: 'a=b', type: 'application/x-www-form-urlencoded', status: 415, code: 'unsupported_media_type' },
  'a file where none is taken': { url: FORWARD, payload: 'abc', type: 'application/octet-stream', status: 415, code: 'unsupported_media_type' },
  'a content type that is none': { url: FORWARD, payload: '{}', type: 'json', status: 415, code: 'unsupported_media_type' },
  'a body over the limit': { url: FORWARD, payload: { inputs: 'x'.repeat(8 * 1024 * 1024) }, status: 413, code: 'body_too_large', says: /8388608/ },
  'an unknown URL': { method: 'GET', url: '/v1/nothing', status: 404, code: 'route_not_found', says: /GET \/v1\/nothing/ },
  'a known URL with a slash behind': { method: 'GET', url: '/v1/models/', code: 'invalid_name' }
}

// One app serves them all: what one request does must not show in the next.
const shared = fakeApp(t, {}, { BLOCKSERVE_MAX_BODY_BYTES: String(8 * 1024 * 1024) })

for (const [what, { method = 'POST', url, payload, type, status = 400, code = 'validation_failed', pointer, says }] of Object.entries(REFUSALS)) {
  t.test(`${what} is refused with ${status} ${code}, and the next good request is served`, async t => {
    const { app, dataplane } = await shared
    const before = dataplane.calls.length
    const contentType = payload === undefined ? {} : { 'content-type': type ?? 'application/json' }
    const response = await app.inject({ method, url, headers: contentType, ...payload !== undefined && { payload } })
    const problem = response.json<{ code: string, status: number, detail: string, errors?: { pointer: string }[] }>()
    t.same([response.statusCode, problem.status, problem.code], [status, status, code], response.body)
    t.match(response.headers['content-type'], /^application\/problem\+json/)
    if (pointer !== undefined) t.equal(problem.errors?.[0]?.pointer, pointer)
    if (says !== undefined) t.match(problem.detail, says)
    t.ok(response.body.length < 2000, 'what was sent is not echoed at length')
    t.equal(dataplane.calls.length, before)
    t.equal((await app.inject('/v1/models')).statusCode, 200)
  })
}

t.test('duplicate members: the last one counts, as JSON.parse has it', async t => {
  const { app, dataplane } = await fakeApp(t)
  const headers = { 'content-type': 'application/json' }
  await app.inject({ method: 'POST', url: FORWARD, headers, payload: '{"inputs":[],"train_mode":true,"train_mode":false}' })
  t.equal(dataplane.last.input.train_mode, false)
})

t.test('an array named __proto__ is an array like any other', async t => {
  const { app, dataplane } = await fakeApp(t)
  const headers = { 'content-type': 'application/json' }
  await app.inject({ method: 'PUT', url: '/v1/arrays/x', headers, payload: '{"arrays":{"__proto__":[1]}}' })
  t.same(Object.keys(dataplane.last.input.arrays as object), ['__proto__'])
})

t.test('a compressed body is refused before it is read as JSON', async t => {
  const { app } = await fakeApp(t)
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
  const response = await app.inject({ method: 'POST', url: FORWARD, headers, payload: '{}' })
  t.equal(response.statusCode, 415)
})

t.test('a known URL with another method is 405 and says which methods it knows', async t => {
  const { app } = await fakeApp(t)
  const cases = [['PUT', '/v1/models', 'GET, HEAD, POST'], ['PATCH', `${DATA}?x=1`, ''], ['DELETE', DATA, 'GET, HEAD, PATCH, PUT'], ['POST', '/health/live', 'GET, HEAD']] as const
  for (const [method, url, allow] of cases.filter(([, , allow]) => allow !== '')) {
    const response = await app.inject({ method, url })
    t.same([response.statusCode, response.headers.allow, response.json<{ code: string }>().code], [405, allow, 'method_not_allowed'])
  }
})
