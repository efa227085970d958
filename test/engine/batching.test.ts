import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { bench, echo, inputs, type SchedulerBench } from './scheduling.ts'

t.test('an urgent inference leaves before those that wait, but not before a change of its model that came first', async t => {
  const { batches, call, answer } = bench()
  const calls = [call('at work')]
  await turn()
  calls.push(call('usual'), call('change', { kind: 'mutate' }), call('later'), call('urgent', { priority: 1 }), call('last', { priority: 500 }))
  answer()
  t.same(inputs(batches[1]), ['usual', 'change', 'urgent', 'later', 'last'])
  answer()
  await Promise.all(calls)
})

t.test('the most urgent call of all models is the first to leave', async t => {
  const { batches, call, answer } = bench({ largestBatch: 2 })
  const calls = [call('at work')]
  await turn()
  calls.push(call(1, { model: 'a' }), call(2, { model: 'a' }), call(3, { model: 'b', priority: 1 }))
  answer()
  t.same(inputs(batches[1]), [3, 1])
  answer()
  answer()
  await Promise.all(calls)
})

t.test('models take turns: one that floods the queue does not hold up another', async t => {
  const { batches, call, answer } = bench({ largestBatch: 4 })
  const calls = [call(0, { model: 'flood' })]
  await turn()
  for (let i = 1; i <= 12; i++) calls.push(call(i, { model: 'flood' }))
  calls.push(call('other', { model: 'other' }))
  answer()
  t.same(inputs(batches[1]), [1, 2, 3, 4])
  answer()
  t.same(inputs(batches[2]), ['other', 5, 6, 7])
  while (batches.at(-1)?.some(({ input }) => input === 12) === false) answer()
  answer()
  await Promise.all(calls)
})

t.test('of a model whose calls take long only as many leave together as fill some milliseconds', async t => {
  const { batches, clock, call, answer } = bench()
  const calls = [call(0)]
  await turn()
  for (let i = 1; i <= 6; i++) calls.push(call(i))
  clock.jump(4)
  answer()
  t.same(inputs(batches[1]), [1, 2, 3], '4 ms each')
  clock.jump(0.3)
  answer()
  answer()
  await Promise.all(calls)
})

/** A bench whose engine took so many milliseconds for a call of the model. */
async function seasoned (ms: number): Promise<SchedulerBench> {
  const rig = bench()
  const first = rig.call(0)
  await turn()
  rig.clock.jump(ms)
  rig.answer()
  await first
  return rig
}

t.test('while the engine works on a message the next one leaves when it is full, so that the engine need not wait for it', async t => {
  const { batches, clock, call, answer } = await seasoned(4)
  const calls = [call(1)]
  await turn()
  calls.push(call(2), call(3))
  await turn()
  t.same(batches.slice(1).map(inputs), [[1]], 'two calls of 4 ms are no full message')
  calls.push(call(4), call(5))
  await turn()
  t.same(batches.slice(1).map(inputs), [[1], [2, 3, 4]])
  calls.push(call(6), call(7), call(8))
  await turn()
  t.equal(batches.length, 3, 'no more than one is ahead')
  clock.jump(4)
  answer()
  t.same(inputs(batches[3]), [5, 6, 7])
  answer()
  answer()
  answer()
  await Promise.all(calls)
})

t.test('as soon as what waits takes much longer than one call alone, it leaves: before all that has arrived is read, and ahead', async t => {
  const { batches, clock, call, answer } = await seasoned(0.5)
  const calls = [1, 2, 3].map(i => call(i))
  t.equal(batches.length, 1, 'three calls are not much')
  calls.push(call(4), call(5))
  t.same(batches.slice(1).map(inputs), [[1, 2, 3, 4]], 'in the same turn of the event loop')
  calls.push(call(6), call(7), call(8), call(9))
  t.same(inputs(batches[2]), [5, 6, 7, 8], 'while the engine works on the one before')
  for (let i = 10; i < 20; i++) calls.push(call(i))
  await turn()
  t.equal(batches.length, 3, 'no more than one is ahead')
  clock.jump(2)
  answer()
  t.same(inputs(batches[3]), [9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
  answer()
  answer()
  await Promise.all(calls)
})

t.test('cheap calls that take no longer together than apart do not leave ahead: joining more of them costs nothing', async t => {
  const { batches, clock, call, answer } = await seasoned(1)
  const calls = Array.from({ length: 32 }, (_, i) => call(i))
  await turn()
  for (let answered = 1; answered < batches.length; answered++) {
    clock.jump(1)
    answer()
  }
  await Promise.all(calls)
  const before = batches.length
  calls.push(...Array.from({ length: 20 }, (_, i) => call(i)))
  await turn()
  calls.push(...Array.from({ length: 30 }, (_, i) => call(i)))
  await turn()
  t.same(batches.slice(before).map(({ length }) => length), [20])
  answer()
  answer()
  await Promise.all(calls)
})

t.test('of a model whose batches take no longer than a call ever more calls leave together', async t => {
  const { batches, clock, call, answer } = await seasoned(40)
  const calls = Array.from({ length: 40 }, (_, i) => call(i))
  await turn()
  for (let i = 0; i < 6; i++) {
    clock.jump(40)
    answer()
  }
  const sizes = batches.slice(1).map(({ length }) => length)
  t.same(sizes.slice(0, 3), [2, 2, 3], 'the second left ahead')
  t.ok(sizes.every((size, i) => i === 0 || i === sizes.length - 1 || size >= (sizes[i - 1] ?? 0)), String(sizes))
  t.ok(sizes.length <= 7, String(sizes))
  while (batches.flat().length < 41) answer()
  answer()
  await Promise.all(calls)
})

t.test('of a model whose calls take the same together as apart no more than two leave together', async t => {
  const { batches, clock, call, answer } = await seasoned(40)
  const calls = Array.from({ length: 9 }, (_, i) => call(i))
  await turn()
  for (let i = 0; i < 5; i++) {
    clock.jump(40 * (batches[i + 1]?.length ?? 0))
    answer()
  }
  t.same(batches.slice(1).map(({ length }) => length), [2, 2, 2, 2, 1])
  await Promise.all(calls)
})

t.test('how long a message takes is counted from the end of the one before, not from when it left ahead', async t => {
  const { batches, clock, call, answer } = await seasoned(12)
  const calls = Array.from({ length: 8 }, (_, i) => call(i + 1))
  await turn()
  t.same(batches.slice(1).map(inputs), [[1, 2], [3, 4]])
  for (let i = 0; i < 3; i++) {
    clock.jump(24)
    answer()
  }
  t.same(batches.slice(1).map(inputs), [[1, 2], [3, 4], [5, 6], [7, 8]], 'each call is still known to take 12 ms')
  answer()
  await Promise.all(calls)
})

t.test('a call that takes very long does not leave ahead: a call of another model would have to wait for it', async t => {
  const { batches, call, answer } = await seasoned(60)
  const calls = [1, 2, 3, 4].map(i => call(i))
  await turn()
  await turn()
  t.same(batches.slice(1).map(inputs), [[1, 2]])
  calls.push(call('other', { model: 'other', priority: 1 }))
  answer()
  t.same(inputs(batches[2]), ['other', 3])
  answer()
  answer()
  await Promise.all(calls)
})

t.test('a call that the engine skipped, as nobody waited any more, tells nothing about how long calls take', async t => {
  const { batches, call, answer } = await seasoned(4)
  const skipped = call('skipped')
  await turn()
  answer(0, ({ id }) => ({ id, expired: true }))
  await skipped
  const calls = [1, 2, 3, 4].map(i => call(i))
  await turn()
  t.same(inputs(batches[2]), [1, 2, 3], 'still 4 ms each')
  answer()
  answer()
  await Promise.all(calls)
})

t.test('a model with a delay waits for as many rows as fill a batch, and no longer than the delay', async t => {
  const { batches, clock, scheduler, call, answer } = bench()
  const batching = { rows: 4, delayMs: 2 }
  const calls = [call(1, { batching }), call(2, { batching })]
  await turn()
  t.same(batches, [])
  clock.advance(1)
  t.same(batches, [])
  clock.advance(1)
  t.same(batches.map(inputs), [[1, 2]])
  answer()
  calls.push(call(3, { batching, rows: 3 }), call(4, { batching }))
  await turn()
  t.same(inputs(batches[1]), [3, 4], 'a full batch leaves at once')
  answer()
  await Promise.all(calls)
  t.same(scheduler.departures.of('m'), { full: 1, delay: 1, free: 0, share: 0 })
})

t.test('a change of the model does not wait for a batch to fill, nor does what came before it wait longer', async t => {
  const { batches, clock, call, answer } = bench()
  const batching = { rows: 4, delayMs: 5 }
  const calls = [call(1, { batching }), call('change', { kind: 'mutate' })]
  await turn()
  clock.advance(5)
  t.same(batches.map(inputs), [[1, 'change']])
  answer()
  await Promise.all(calls)
})

t.test('why batches left is counted by model until the model is gone', async t => {
  const { scheduler, call, answer } = bench({ largestBatch: 2 })
  const calls = [1, 2, 3].map(input => call(input))
  await turn()
  answer()
  answer()
  await Promise.all(calls)
  t.same(scheduler.departures.of('m'), { full: 0, delay: 0, free: 1, share: 1 })
  scheduler.departures.forget('m')
  t.same(scheduler.departures.of('m'), { full: 0, delay: 0, free: 0, share: 0 })
})

t.test('the engine is told how many rows a batch may have', async t => {
  const { batches, call, answer } = bench()
  const calls = [call(1, { batching: { rows: 7, delayMs: 0 } }), call(2)]
  await turn()
  t.same(batches[0]?.map(request => request.most_rows), [7, undefined])
  answer(0, echo)
  await Promise.all(calls)
})
