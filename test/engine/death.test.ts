import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { FakeClock } from './fake-clock.ts'
import { rig, type Rig } from './harness.ts'

const lost = { code: 'engine_unavailable', status: 503, retryAfter: 1 }

/** Kills the engine while it holds a call and others wait; the outcomes of both kinds. */
async function killAtWork ({ engine, outcome, log }: Rig): Promise<unknown[]> {
  const down = log.next('engine ended unexpectedly')
  await outcome('echo')
  const sent = [outcome('hold', 60_000), outcome('echo', 1)]
  await turn()
  const waiting = [outcome('echo', 2), outcome('echo', 3, { model: 'other' })]
  process.kill(engine.status().pid as number, 'SIGKILL')
  await down
  return Promise.all([...sent, ...waiting, outcome('echo', 4)])
}

t.test('SIGKILL in the middle: sent, waiting and new calls get 503 with Retry-After, then a new process serves', async t => {
  const test = await rig(t)
  const { pid } = test.engine.status()
  const ready = test.log.next('engine is ready')
  t.match(await killAtWork(test), [lost, lost, lost, lost, lost])
  await ready
  t.equal(await test.call('echo', 5), 5)
  t.match(test.engine.status(), { state: 'ready', restarts: 1, reason: null })
  t.not(test.engine.status().pid, pid)
})

t.test('what the engine answered before it died is delivered', async t => {
  const { outcome } = await rig(t)
  await outcome('hold', 0)
  const [answered, died] = await Promise.all([outcome('echo', 'kept'), outcome('exit', 4)])
  t.equal(answered, 'kept')
  t.match(died, lost)
})

t.test('an engine that dies again and again is restarted ever more slowly, and status tells why', async t => {
  const { engine, log, outcome } = await rig(t, { random: () => 1, backoff: { firstMs: 4, mostMs: 16 } })
  const waits: unknown[] = []
  for (let death = 0; death < 5; death++) {
    const [down, ready] = [log.next('engine ended unexpectedly'), log.next('engine is ready')]
    t.match(await outcome('exit', 4), lost)
    waits.push((await down).details.restart_in_ms)
    t.match(engine.status(), { state: 'restarting', reason: 'it exited with code 4', pid: null, started_at: null })
    await ready
  }
  t.same(waits, [4, 8, 16, 16, 16])
  t.equal(engine.status().restarts, 5)
})

t.test('an engine that ran well for long is restarted quickly again', async t => {
  const { log, outcome } = await rig(t, { random: () => 1, backoff: { firstMs: 4, mostMs: 16 }, soundMs: 0 })
  for (let death = 0; death < 3; death++) {
    const [down, ready] = [log.next('engine ended unexpectedly'), log.next('engine is ready')]
    await outcome('exit', 4)
    t.equal((await down).details.restart_in_ms, 4)
    await ready
  }
})

t.test('a call that holds the engine past its deadline and the grace gets the process killed', async t => {
  const clock = new FakeClock(Date.now())
  const { engine, log, call, outcome } = await rig(t, { graceMs: 100, clock })
  const [down, ready] = [log.next('engine ended unexpectedly'), log.next('engine is ready')]
  const held = outcome('hold', 60_000, { deadline: clock.now() + 30_000 })
  const behind = outcome('echo', 1, { deadline: clock.now() + 60_000 })
  while (engine.status().sent < 2) await turn()
  clock.advance(30_000)
  t.match(await held, { code: 'deadline_exceeded', message: /after 30000 ms/ })
  clock.advance(100)
  t.match(await behind, lost)
  t.equal((await down).details.reason, 'it was killed because hold held it 100 ms past its deadline')
  clock.advance(1000)
  await ready
  t.equal(await call('echo', 2, { deadline: clock.now() + 60_000 }), 2)
})

t.test('an engine that sends anything but frames is replaced', async t => {
  const { log, call, outcome } = await rig(t)
  const [down, ready] = [log.next('engine ended unexpectedly'), log.next('engine is ready')]
  t.match(await outcome('garbage'), lost)
  t.match((await down).details, { reason: /^it was killed because its channel broke \(A frame .* no proper head/ })
  await ready
  t.equal(await call('echo', 1), 1)
})

t.test('an engine whose device fails answers what met it, drops the rest, and another one takes its place', async t => {
  const { log, call, outcome, engine } = await rig(t)
  const { pid } = engine.status()
  const [down, ready] = [log.next('engine ended unexpectedly'), log.next('engine is ready')]
  await outcome('echo')
  const [kept, met, after] = await Promise.all([outcome('echo', 'kept'), outcome('break'), outcome('note', 'never')])
  t.equal(kept, 'kept')
  t.match(met, { code: 'device_failed', status: 503, retryAfter: 3, message: /\(fake\) failed: it is broken/ })
  t.match(after, lost)
  t.equal((await down).details.reason, 'its device failed')
  await ready
  t.not(engine.status().pid, pid)
  t.same(await call('notes'), [], 'what was behind it was not begun')
})

t.test('stop during the wait for a restart starts no process any more', async t => {
  const { engine, log, outcome } = await rig(t, { backoff: { firstMs: 60_000, mostMs: 60_000 } })
  const down = log.next('engine ended unexpectedly')
  await outcome('exit', 4)
  await down
  await engine.stop()
  t.match(engine.status(), { state: 'stopped', pid: null })
  t.match(await outcome('echo'), { code: 'shutting_down' })
})
