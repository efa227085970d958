import t from 'tap'
import { fakeApp } from './fake-dataplane.ts'

t.test('If-Match reaches the data plane as a revision or a star', async t => {
  const { app, dataplane } = await fakeApp(t)
  for (const [header, ifMatch] of [['"12"', 12], ['*', '*'], [undefined, undefined]] as const) {
    await app.inject({ method: 'DELETE', url: '/v1/models/m', headers: header === undefined ? {} : { 'if-match': header } })
    t.equal(dataplane.last.context.ifMatch, ifMatch)
  }
})

t.test('an If-Match that is not one strong ETag of ours is refused', async t => {
  const { app, dataplane } = await fakeApp(t)
  for (const header of ['12', 'W/"12"', '"1", "2"', '"x"', '"1e3"']) {
    t.equal((await app.inject({ method: 'DELETE', url: '/v1/models/m', headers: { 'if-match': header } })).statusCode, 400, header)
  }
  t.equal(dataplane.calls.length, 0)
})

t.test('Idempotency-Key reaches the data plane; one that is too long or not plain is refused', async t => {
  const { app, dataplane } = await fakeApp(t)
  const send = async (key: string): Promise<number> =>
    (await app.inject({ method: 'POST', url: '/v1/models/m/initialize', headers: { 'idempotency-key': key } })).statusCode
  t.equal(await send('9f1c-77'), 200)
  t.equal(dataplane.last.context.idempotencyKey, '9f1c-77')
  for (const key of ['x'.repeat(256), 'a b', '']) t.equal(await send(key), 400, `'${key.slice(0, 5)}'`)
})

t.test('a plain X-Request-Id is kept, any other is replaced', async t => {
  const { app, dataplane } = await fakeApp(t)
  const idOf = async (id: string): Promise<string> => {
    await app.inject({ url: '/v1/models', headers: { 'x-request-id': id } })
    return dataplane.last.context.requestId
  }
  t.equal(await idOf('trace.1_a-b'), 'trace.1_a-b')
  const made = await Promise.all(['a b', 'x'.repeat(65), '<script>'].map(idOf))
  for (const id of made) t.match(id, /^[\w-]{12}-\w+$/)
})

t.test('the deadline is the request timeout from now', async t => {
  const { app, dataplane } = await fakeApp(t, {}, { BLOCKSERVE_REQUEST_TIMEOUT_MS: '5000' })
  const before = Date.now()
  await app.inject('/v1/models')
  const { deadline } = dataplane.last.context
  t.ok(deadline >= before + 5000 && deadline <= Date.now() + 5000)
})

t.test('X-Request-Timeout-Ms brings the deadline nearer, never further away', async t => {
  const { app, dataplane } = await fakeApp(t, {}, { BLOCKSERVE_REQUEST_TIMEOUT_MS: '5000' })
  const send = (timeout: string) => app.inject({ url: '/v1/models', headers: { 'x-request-timeout-ms': timeout } })
  for (const [timeout, expected] of [['250', 250], ['60000', 5000], ['0', 0]] as const) {
    const before = Date.now()
    await send(timeout)
    const { deadline } = dataplane.last.context
    t.ok(deadline >= before + expected && deadline <= Date.now() + expected, timeout)
  }
  for (const timeout of ['soon', '-1', '1.5', '']) t.equal((await send(timeout)).statusCode, 400, timeout)
})

t.test('ready follows the engine, live does not', async t => {
  let state: 'ready' | 'restarting' = 'ready'
  const { app } = await fakeApp(t, { health: () => ({ state, reason: state === 'ready' ? null : 'it died' }) })
  t.same((await app.inject('/health/ready')).json(), { ready: true, state: 'ready', reason: null })
  state = 'restarting'
  const response = await app.inject('/health/ready')
  t.same([response.statusCode, response.json(), response.headers['retry-after']], [503, { ready: false, state: 'restarting', reason: 'it died' }, '1'])
  t.same((await app.inject('/health/live')).json(), { live: true })
})
