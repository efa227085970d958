import { Writable } from 'node:stream'
import { pino } from 'pino'
import t from 'tap'
import { problem } from '../../src/errors.ts'
import { fakeApp } from './fake-dataplane.ts'

t.test('an error of the table is answered with its status, its words, its mistakes and the request id', async t => {
  const { app, dataplane } = await fakeApp(t)
  dataplane.reply = () => {
    throw problem('invalid_spec', { detail: 'two mistakes' }, { mistakes: [{ pointer: '/units', message: 'a' }, { pointer: '/type', message: 'b' }] })
  }
  const response = await app.inject({ method: 'POST', url: '/v1/models', payload: { architecture: {} }, headers: { 'x-request-id': 'abc-1' } })
  t.equal(response.statusCode, 422)
  t.strictSame(response.json(), {
    type: '/docs/errors.md#invalid_spec',
    title: 'Invalid spec',
    status: 422,
    detail: 'The architecture is not valid: two mistakes.',
    remedy: 'Mend the members named in `errors`; POST /v1/architectures/validate checks without building.',
    instance: 'abc-1',
    code: 'invalid_spec',
    errors: [{ pointer: '/units', message: 'a' }, { pointer: '/type', message: 'b' }]
  })
})

t.test('the type of a problem is a page that explains the code', async t => {
  const { app } = await fakeApp(t)
  const { type, code } = (await app.inject('/v1/nothing')).json<{ type: string, code: string }>()
  const [page = '', anchor] = type.split('#')
  t.equal(anchor, code)
  t.match((await app.inject(page)).body, new RegExp(`^## ${code}$`, 'm'))
})

t.test('an unexpected error is a 500 that tells nothing, and a log line that tells all', async t => {
  const lines: string[] = []
  const logger = pino(new Writable({ write: (line, _encoding, done) => { lines.push(String(line)); done() } }))
  const { app, dataplane } = await fakeApp(t, { logger })
  dataplane.reply = () => { throw new Error('secret /etc/passwd') }
  const response = await app.inject('/v1/models/seq')
  t.equal(response.statusCode, 500)
  t.notMatch(response.body, /secret|passwd|problems\.test/)
  const { instance } = response.json<{ instance: string }>()
  const logged = lines.map(line => JSON.parse(line) as { request: string, err?: { message: string, stack: string } }).find(({ err }) => err)
  t.equal(logged?.request, instance)
  t.equal(logged?.err?.message, 'secret /etc/passwd')
  t.match(logged?.err?.stack, /problems\.test/)
})

t.test('every 503 says when to try again', async t => {
  const { app, dataplane } = await fakeApp(t)
  dataplane.reply = () => { throw problem('engine_unavailable', { state: 'restarting' }, { retryAfter: 2.3 }) }
  t.equal((await app.inject('/v1/models')).headers['retry-after'], '3')
  dataplane.reply = () => { throw problem('queue_full', { model: 'm', limit: 1 }) }
  t.equal((await app.inject('/v1/models')).headers['retry-after'], '1')
})

t.test('one log line per request has id, operation, model, status and milliseconds', async t => {
  const lines: string[] = []
  const logger = pino(new Writable({ write: (line, _encoding, done) => { lines.push(String(line)); done() } }))
  const { app } = await fakeApp(t, { logger })
  await app.inject({ method: 'POST', url: '/v1/models/seq/forward', payload: { inputs: [] }, headers: { 'x-request-id': 'r1' } })
  t.equal(lines.length, 1)
  const { ms, ...line } = JSON.parse(lines[0]!) as Record<string, unknown>
  t.match(line, { request: 'r1', operation: 'forward', model: 'seq', status: 200, method: 'POST' })
  t.type(ms, 'number')
})
