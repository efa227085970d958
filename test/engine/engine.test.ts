import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startEngine } from '../../src/engine/engine.ts'
import { entry, Log, rig } from './harness.ts'

t.test('an engine that is ready tells its process, its start and what it said about itself', async t => {
  const { engine, log } = await rig(t, { config: { note: 'from the front' } })
  const status = engine.status()
  t.match(status, { state: 'ready', reason: null, restarts: 0, waiting: 0, sent: 0, waiting_by_model: {} })
  t.same(status.info, { backend: 'fake', config: { note: 'from the front' } })
  t.ok(Date.now() - Date.parse(status.started_at as string) < 60_000)
  t.match(log.lines, [{ level: 'info', details: { pid: status.pid }, text: 'engine is ready' }])
})

t.test('tensors, bytes and numbers come back from the engine as they were sent', async t => {
  const { call } = await rig(t)
  const input = { tensor: { dtype: 'float32', shape: [2], data: new Float32Array([1.5, -0]) }, bytes: new Uint8Array([1, 2]), zero: -0, nan: NaN }
  const output = await call('echo', input) as typeof input
  t.same(output, input)
  t.ok(Object.is(output.zero, -0))
  t.equal(await call('echo', undefined), undefined)
})

t.test('a tensor far larger than what a socket holds crosses whole', async t => {
  const { call } = await rig(t)
  const data = Float32Array.from({ length: 4 << 20 }, (_, i) => Math.sin(i))
  t.equal(await call('digest', { data }), createHash('sha256').update(data).digest('hex'))
  t.equal((await call('echo', { data }) as { data: Float32Array }).data.length, data.length)
})

t.test('calls of one turn reach the engine as one batch', async t => {
  const { call } = await rig(t)
  const turns = await Promise.all(Array.from({ length: 20 }, () => call('turn')))
  t.same(turns, Array.from({ length: 20 }, () => 0))
  t.equal(await call('turn'), 20)
})

t.test('commands run strictly one after another, in order of arrival, also when some of them wait', async t => {
  const { call } = await rig(t)
  const names = Array.from({ length: 200 }, (_, i) => i % 3 === 0 ? 'later' : 'note')
  t.same(await Promise.all(names.map((name, i) => call(name, i))), names.map((_, i) => i + 1))
  t.same(await call('notes'), names.map((_, i) => i))
})

t.test('an error of the table crosses with its code, text, mistakes and Retry-After', async t => {
  const { outcome, call } = await rig(t)
  const [error, after] = await Promise.all([outcome('refuse'), call('echo', 1)])
  t.match(error, { name: 'BlockserveError', code: 'model_not_found', status: 404, retryAfter: 7, mistakes: [{ pointer: '/model', message: 'unknown' }] })
  t.match(error, { message: 'There is no model \'ghost\'. There are none.' })
  t.equal(after, 1)
})

t.test('an error of another kind becomes internal, tells nothing, and fails alone', async t => {
  const { outcome } = await rig(t)
  const outcomes = await Promise.all([outcome('fail'), outcome('reject'), outcome('unsendable'), outcome('echo', new Map()), outcome('echo', 'fine')])
  const internal = { code: 'internal', status: 500, message: 'Something went wrong that should not have.' }
  t.match(outcomes, [internal, internal, internal, { code: 'channel_value' }, 'fine'])
})

t.test('an answer that is ready does not wait for a command behind it that may be slow, or was slow last time', async t => {
  const { call } = await rig(t)
  const folder = t.testdir({})
  await call('echo')
  for (const time of ['first', 'second']) {
    const arrived = join(folder, time)
    const quick = call('echo').then(() => { writeFileSync(arrived, '') })
    t.ok(await call('until', arrived), `the ${time} time, the answer arrives while the command behind it runs`)
    await quick
  }
})

t.test('a request that waited in the engine past its deadline is not begun', async t => {
  const { call, outcome } = await rig(t)
  const held = call('hold', 200)
  const late = outcome('note', 'late', { deadline: Date.now() + 100 })
  t.equal(await held, 'held')
  t.match(await late, { code: 'deadline_exceeded' })
  t.same(await call('notes'), [])
})

t.test('signals that a terminal sends to the whole group leave the end of the engine to the front', async t => {
  const { engine, call } = await rig(t)
  const pid = engine.status().pid as number
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.kill(pid, signal)
    t.equal(await call('pid'), pid)
  }
})

t.test('a first start that fails rejects with the error the engine gave', async t => {
  const log = new Log()
  await t.rejects(startEngine({ entry, config: { fail: 'no GPU' }, log }), { code: 'backend_unavailable', message: /'gpu' cannot be used: no GPU/ })
  t.match(log.lines, [{ level: 'error', text: 'engine could not start' }])
})

t.test('a first start that dies rejects with the way it ended', async t => {
  await t.rejects(startEngine({ entry, config: { die: true }, log: new Log() }), { code: 'engine_unavailable', message: /exited with code 3/ })
})

t.test('an engine that never becomes ready is killed', async t => {
  const start = startEngine({ entry, config: { mute: true }, log: new Log(), startMs: 300 })
  await t.rejects(start, { code: 'engine_unavailable', message: /killed because it was not ready after 300 ms/ })
})

t.test('stop finishes what is on its way, refuses what comes later, and ends the process with code 0', async t => {
  const { engine, log, call, outcome } = await rig(t)
  const calls = [call('hold', 50), call('echo', 1), call('later', 2)]
  const stopped = log.next('engine stopped')
  const stopping = engine.stop()
  t.match(await outcome('echo'), { code: 'shutting_down', status: 503 })
  t.same(await Promise.all(calls), ['held', 1, 1])
  await stopping
  t.match((await stopped).details, { reason: 'it exited with code 0' })
  t.match(engine.status(), { state: 'stopped', pid: null, started_at: null })
  await engine.stop()
})

t.test('stop kills an engine that does not finish', async t => {
  const { engine, call } = await rig(t, { stopMs: 100 })
  const held = call('hold', 60_000).catch((error: unknown) => error)
  await engine.stop()
  t.match(await held, { code: 'shutting_down' })
  t.match(engine.status(), { state: 'stopped', reason: 'it was killed because it did not stop within 100 ms' })
})
