import { getEventListeners } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import t from 'tap'
import type { Request } from '../../src/engine/channel.ts'
import { problem } from '../../src/errors.ts'
import { bench, inputs, restarting } from './scheduling.ts'

t.test('calls of one turn of the event loop leave as one batch, those of a model side by side', async t => {
  const { batches, call, answer } = bench()
  const calls = [call(1), call(2, { model: 'other' }), call(3)]
  t.same(batches, [])
  await turn()
  t.same(batches.map(inputs), [[1, 3, 2]])
  answer()
  t.same(await Promise.all(calls), [1, 2, 3])
})

t.test('while the engine works everything waits, then leaves as one batch at once', async t => {
  const { batches, call, answer } = bench()
  const first = call(1)
  await turn()
  const rest = [call(2), call(3), call(4)]
  await turn()
  t.equal(batches.length, 1)
  answer()
  t.same(batches.map(inputs), [[1], [2, 3, 4]])
  answer()
  t.same(await Promise.all([first, ...rest]), [1, 2, 3, 4])
})

t.test('a partly answered batch resolves what is answered and keeps the engine busy', async t => {
  const { batches, scheduler, call } = bench()
  const [first, second] = [call('a'), call('b')]
  await turn()
  const third = call('c')
  const [one, two] = batches[0] as [Request, Request]
  scheduler.receive(0, [{ id: one.id, output: 'A' }])
  t.equal(await first, 'A')
  t.equal(batches.length, 1)
  scheduler.receive(0, [{ id: two.id, output: 'B' }])
  t.same(inputs(batches[1]), ['c'])
  t.equal(await second, 'B')
  scheduler.receive(0, [{ id: batches[1]?.[0]?.id as number, output: 'C' }])
  t.equal(await third, 'C')
})

t.test('a batch is never larger than its bound, and order of arrival holds for every model across batches', async () => {
  const arrivals = fc.array(fc.constantFrom('a', 'b', null), { maxLength: 40 })
  await fc.assert(fc.asyncProperty(arrivals, fc.integer({ min: 1, max: 7 }), async (models, largestBatch) => {
    const { batches, call, answer } = bench({ largestBatch })
    const calls = models.map((model, i) => call(i, { model }))
    await turn()
    for (let batch = 0; batch < batches.length; batch++) answer()
    await Promise.all(calls)
    const arrived = batches.flat()
    const inOrder = [...new Set(models)].every(model => {
      const own = arrived.filter(request => request.model === model).map(({ input }) => input as number)
      return own.every((input, i) => i === 0 || input > (own[i - 1] as number))
    })
    return arrived.length === models.length && inOrder && batches.every(batch => batch.length <= largestBatch)
  }), { numRuns: 60 })
})

t.test('one failure rejects exactly its call, with the error of the table', async t => {
  const { batches, scheduler, call } = bench()
  const [good, bad] = [call('good'), call('bad')]
  await turn()
  const [one, two] = batches[0] as [Request, Request]
  const error = { code: 'model_not_found', message: 'none', mistakes: [{ pointer: '/x', message: 'y' }], retryAfter: 3 } as const
  scheduler.receive(0, [{ id: two.id, error }, { id: one.id, output: 1 }])
  t.equal(await good, 1)
  t.match(await bad, { name: 'BlockserveError', ...error, status: 404 })
})

t.test('a request that cannot be sent rejects alone', async t => {
  const refusal = problem('channel_value', { received: 'Map', where: '0' })
  const { call, answer, batches } = bench({
    send: (_engine, batch, refuse) => {
      for (const request of batch.filter(({ input }) => input === 'bad')) refuse(request, refusal)
      batches.push(batch.filter(({ input }) => input !== 'bad'))
    }
  })
  const [good, bad] = [call('good'), call('bad')]
  await turn()
  answer()
  t.equal(await bad, refusal)
  t.equal(await good, 'good')
})

t.test('a full queue refuses at once with 503 and Retry-After, per model', async t => {
  const { scheduler, call, answer } = bench({ queueLimit: 2 })
  const first = call(0)
  await turn()
  const waiting = [call(1), call(2)]
  t.match(scheduler.fullness('m'), { code: 'queue_full', status: 503, retryAfter: 1 }, 'as can be told before')
  t.equal(scheduler.fullness('other'), undefined)
  t.match(await call(3), { code: 'queue_full', status: 503, retryAfter: 1, message: /'m' is full \(2 waiting\)/ })
  const other = call(4, { model: 'other' })
  t.same([...scheduler.waitingByModel], [['m', 2], ['other', 1]])
  answer()
  answer()
  t.same(await Promise.all([first, ...waiting, other]), [0, 1, 2, 4])
  t.same([...scheduler.waitingByModel], [])
})

t.test('a waiting call is answered 504 at its deadline and never leaves', async t => {
  const { scheduler, clock, batches, call, answer } = bench()
  const first = call(1)
  await turn()
  const late = call(2, { deadline: clock.now() + 500 })
  const later = call(3)
  clock.advance(499)
  t.equal(scheduler.waiting, 2)
  clock.advance(1)
  t.match(await late, { code: 'deadline_exceeded', message: /after 500 ms/ })
  answer()
  t.same(inputs(batches[1]), [3])
  answer()
  t.same(await Promise.all([first, later]), [1, 3])
})

t.test('a call that expired unnoticed, because the event loop was busy, does not leave either', async t => {
  const { clock, batches, call, answer } = bench()
  const first = call(1)
  await turn()
  const late = call(2, { deadline: clock.now() + 500 })
  clock.jump(500)
  answer()
  t.match(await late, { code: 'deadline_exceeded' })
  t.equal(batches.length, 1)
  t.equal(await first, 1)
})

t.test('a settled call leaves no listener on its signal', async t => {
  const { call, answer } = bench()
  const { signal } = new AbortController()
  const calls = [call(1, { signal }), call(2, { signal })]
  await turn()
  t.equal(getEventListeners(signal, 'abort').length, 2)
  answer()
  await Promise.all(calls)
  t.equal(getEventListeners(signal, 'abort').length, 0)
})

t.test('a call whose deadline has passed already is refused and not queued', async t => {
  const { scheduler, clock, call } = bench()
  t.match(await call(1, { deadline: clock.now() }), { code: 'deadline_exceeded' })
  t.equal(scheduler.waiting, 0)
})

t.test('a call the engine skipped as expired rejects with deadline_exceeded', async t => {
  const { scheduler, batches, call } = bench()
  const skipped = call(1)
  await turn()
  scheduler.receive(0, [{ id: batches[0]?.[0]?.id as number, expired: true }])
  t.match(await skipped, { code: 'deadline_exceeded', status: 504 })
})

t.test('an aborted call that waits is dropped, one that was sent leaves its answer unread', async t => {
  const { scheduler, batches, call, answer } = bench()
  const [sentAbort, waitAbort] = [new AbortController(), new AbortController()]
  const sent = call(1, { signal: sentAbort.signal })
  await turn()
  const waiting = call(2, { signal: waitAbort.signal })
  const last = call(3)
  waitAbort.abort(new Error('client left'))
  sentAbort.abort(new Error('client left'))
  t.match(await waiting, { message: 'client left' })
  t.match(await sent, { message: 'client left' })
  t.equal(scheduler.waiting, 1)
  answer()
  t.same(batches.map(inputs), [[1], [3]])
  answer()
  t.equal(await last, 3)
  t.match(await call(4, { signal: sentAbort.signal }), { message: 'client left' })
})

t.test('when the engine dies all sent and waiting calls get 503 with Retry-After, and later ones until it is back', async t => {
  const { scheduler, clock, batches, call, answer } = bench()
  const sent = call(1)
  await turn()
  const waiting = call(2)
  scheduler.close(0, restarting)
  for (const lost of [sent, waiting, call(3)]) t.match(await lost, { code: 'engine_unavailable', status: 503, retryAfter: 1 })
  t.equal(clock.timers, 0)
  answer()
  scheduler.open(0)
  const next = call(4)
  await turn()
  t.same(batches.map(inputs), [[1], [4]])
  answer()
  t.equal(await next, 4)
})

t.test('a call held past its deadline is answered at the deadline, and past the grace the engine counts as hung', async t => {
  const { clock, hung, call } = bench()
  const held = call(1, { deadline: clock.now() + 100, operation: 'slow' })
  await turn()
  clock.advance(100)
  t.match(await held, { code: 'deadline_exceeded' })
  clock.advance(999)
  t.same(hung, [])
  clock.advance(1)
  t.match(hung, [{ operation: 'slow' }])
  clock.advance(100_000)
  t.equal(hung.length, 1)
})

t.test('expired calls behind a slow one do not make the engine hung while it makes progress', async t => {
  const { scheduler, clock, hung, batches, call } = bench()
  const calls = [call(1), call(2, { deadline: clock.now() + 100 })]
  await turn()
  const waiting = call(3, { deadline: clock.now() + 59_500 })
  clock.advance(59_000)
  const [first, second] = batches[0] as [Request, Request]
  scheduler.receive(0, [{ id: first.id, output: 'done' }])
  clock.advance(999)
  scheduler.receive(0, [{ id: second.id, expired: true }])
  clock.advance(100_000)
  t.same(hung, [])
  t.match(await Promise.all([...calls, waiting]), ['done', { code: 'deadline_exceeded' }, { code: 'deadline_exceeded' }])
})

t.test('one timer serves all deadlines, and none is set without a deadline', async t => {
  const { clock, call, answer } = bench()
  const endless = call(0, { deadline: Infinity })
  t.equal(clock.timers, 0)
  const calls = Array.from({ length: 50 }, (_, i) => call(i, { deadline: clock.now() + 1000 + i }))
  t.equal(clock.timers, 1)
  await turn()
  answer()
  answer()
  await Promise.all([endless, ...calls])
  clock.advance(2000)
  t.equal(clock.timers, 0)
})

t.test('draining refuses new calls, finishes the others, and resolves when none is left', async t => {
  const { scheduler, call, answer } = bench()
  const first = call(1)
  await turn()
  const second = call(2)
  let drained = false
  const draining = scheduler.drain(() => problem('shutting_down')).then(() => { drained = true })
  t.match(await call(3), { code: 'shutting_down' })
  answer()
  await turn()
  t.equal(drained, false)
  answer()
  await draining
  t.same(await Promise.all([first, second]), [1, 2])
})
