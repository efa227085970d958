import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import t from 'tap'
import { FOLLOW, toWire, type Answer, type Request } from '../../src/engine/channel.ts'
import { problem } from '../../src/errors.ts'
import { bench, restarting, type SchedulerBench } from './scheduling.ts'

const changed = ({ id, input }: Request): Answer => ({ id, output: input, changed: true })
const refused = ({ id, model }: Request): Answer => ({ id, error: toWire(problem('first_engine_only', { model: String(model) })) })

const sentTo = ({ sent }: SchedulerBench, engine: number): unknown[] =>
  sent.filter(each => each.engine === engine).map(({ batch }) => batch.map(({ operation, input }) => operation === FOLLOW ? `${FOLLOW} ${String(input)}` : input))

t.test('inferences spread over the engines, each taking its part of what waits', async t => {
  const rig = bench({}, 2)
  const calls = [1, 2, 3, 4].map(input => rig.call(input))
  await turn()
  t.same(sentTo(rig, 1), [[1, 2]])
  t.same(sentTo(rig, 0), [[3, 4]])
  rig.answer(0)
  rig.answer(1)
  t.same(await Promise.all(calls), [1, 2, 3, 4])
})

t.test('everything but inferences runs on the first engine', async t => {
  const rig = bench({}, 3)
  const calls = [rig.call('read', { kind: 'read' }), rig.call('change', { kind: 'mutate' }), rig.call('none', { kind: 'read', model: null })]
  await turn()
  t.same(sentTo(rig, 0), [['read', 'change', 'none']])
  rig.answer(0)
  t.same(await Promise.all(calls), ['read', 'change', 'none'])
})

t.test('a call may ask for one engine', async t => {
  const rig = bench({}, 3)
  const call = rig.call('which', { kind: 'read', model: null, engine: 2 })
  await turn()
  t.same(rig.sent.map(({ engine }) => engine), [2])
  rig.answer(2)
  t.equal(await call, 'which')
})

t.test('a change is answered when every other engine follows, and no inference is behind or ahead of it', async t => {
  const rig = bench({}, 2)
  const before = rig.call('before')
  await turn()
  t.same(sentTo(rig, 1), [['before']])
  let answered = false
  const change = rig.call('change', { kind: 'mutate' }).then(output => { answered = true; return output })
  const after = rig.call('after')
  await turn()
  t.same(sentTo(rig, 0), [], 'it waits for the inference on another engine')
  rig.answer(1)
  t.same(sentTo(rig, 0), [['change', 'after']])
  rig.answer(0, ({ id, input }) => ({ id, output: input, ...input === 'change' && { changed: true } }))
  await turn()
  t.equal(answered, false)
  t.same(sentTo(rig, 1), [['before'], ['follow m']])
  const later = rig.call('later')
  await turn()
  t.same(sentTo(rig, 0).at(-1), ['later'], 'while the other engine reads it, only the first serves the model')
  rig.answer(1)
  rig.answer(0)
  t.same(await Promise.all([before, change, after, later]), ['before', 'change', 'after', 'later'])
})

t.test('an inference that only the first engine can run goes there, and so do the later ones until the model is changed', async t => {
  const rig = bench({}, 2)
  const first = rig.call(1)
  await turn()
  rig.answer(1, refused)
  t.same(sentTo(rig, 0), [[1]])
  rig.answer(0)
  const second = rig.call(2)
  await turn()
  t.same(sentTo(rig, 0), [[1], [2]])
  rig.answer(0, changed)
  await turn()
  rig.answer(1)
  t.equal(await second, 2)
  const third = rig.call(3)
  await turn()
  t.same(sentTo(rig, 1), [[1], ['follow m'], [3]])
  rig.answer(1)
  t.same(await Promise.all([first, third]), [1, 3])
})

t.test('a model that every inference changes stays with the first engine', async t => {
  const rig = bench({}, 2)
  for (let i = 0; i < 5; i++) {
    const call = rig.call(i)
    await turn()
    if (rig.sent.at(-1)?.engine === 1) rig.answer(1, refused)
    rig.answer(0, changed)
    await turn()
    rig.answer(1)
    await call
  }
  const tried = sentTo(rig, 1).flat().filter(input => typeof input === 'number')
  t.same(tried, [0, 1, 2])
})

t.test('when another engine dies what it had gets 503, and the rest is served by those that are there', async t => {
  const rig = bench({}, 2)
  const calls = [1, 2, 3].map(input => rig.call(input))
  await turn()
  t.same(sentTo(rig, 1), [[1, 2]])
  rig.scheduler.close(1, restarting)
  t.match(await Promise.all(calls.slice(0, 2)), [{ code: 'engine_unavailable', retryAfter: 1 }, { code: 'engine_unavailable' }])
  rig.answer(0)
  const next = rig.call(4)
  await turn()
  rig.answer(0)
  t.same(await Promise.all([calls[2], next]), [3, 4])
})

t.test('a change does not wait for an engine that died', async t => {
  const rig = bench({}, 2)
  const change = rig.call('change', { kind: 'mutate' })
  await turn()
  rig.answer(0, changed)
  await turn()
  rig.scheduler.close(1, restarting)
  t.equal(await change, 'change')
})

t.test('while the first engine is gone others serve inferences, what only it can run gets 503, and they look for what it saved last', async t => {
  const rig = bench({}, 2)
  rig.scheduler.close(0, restarting)
  await turn()
  t.same(sentTo(rig, 1), [['follow null']])
  t.match(await rig.call('change', { kind: 'mutate' }), { code: 'engine_unavailable' })
  const inference = rig.call(1)
  rig.answer(1)
  await turn()
  rig.answer(1)
  t.equal(await inference, 1)
  rig.scheduler.close(1, restarting)
  t.match(await rig.call(2), { code: 'engine_unavailable' })
})

t.test('draining waits for the engines that are still to follow', async t => {
  const rig = bench({}, 2)
  const change = rig.call('change', { kind: 'mutate' })
  await turn()
  rig.answer(0, changed)
  let drained = false
  const draining = rig.scheduler.drain(restarting).then(() => { drained = true })
  await turn()
  t.equal(drained, false)
  rig.answer(1)
  await draining
  t.equal(await change, 'change')
})

/** A number that engines keep: a change adds 1 on the first and is saved, a follow reads what is saved, an inference answers it. */
class Model {
  saved = 0
  readonly seen: number[]

  constructor (engines: number) { this.seen = Array.from({ length: engines }, () => 0) }

  readonly run = (engine: number) => ({ id, kind, operation }: Request): Answer => {
    if (operation === FOLLOW) this.seen[engine] = this.saved
    if (kind !== 'mutate') return { id, output: this.seen[engine] }
    this.saved++
    this.seen[0] = this.saved
    return { id, output: this.saved, changed: true }
  }
}

t.test('whatever engines answer when, an inference sees every change that came before it, and none that came after', async () => {
  const events = fc.array(fc.constantFrom<'infer' | 'mutate' | number>('infer', 'mutate', 0, 1, 2), { minLength: 1, maxLength: 60 })
  await fc.assert(fc.asyncProperty(events, async events => {
    const rig = bench({}, 3)
    const { call: send } = rig
    const model = new Model(3)
    const open = new Set<Request>()
    const step = (engine: number): void => {
      const batch = rig.sent.find(each => each.engine === engine && each.batch.some(request => !open.has(request)))?.batch ?? []
      const left = batch.filter(request => !open.has(request))
      if (left.length === 0) return
      // Long enough for the next to leave ahead.
      rig.clock.jump(12)
      left.forEach(request => open.add(request))
      rig.scheduler.receive(engine, left.map(model.run(engine)))
    }
    const calls: Array<{ expected: number, outcome: Promise<unknown> }> = []
    let changes = 0
    for (const event of events) {
      if (typeof event === 'number') step(event)
      else {
        if (event === 'mutate') changes++
        calls.push({ expected: changes, outcome: send(null, { kind: event }) })
      }
      await turn()
    }
    for (let i = 0; rig.scheduler.sent + rig.scheduler.waiting > 0 && i < 1000; i++) {
      step(i % 3)
      await turn()
    }
    const outcomes = await Promise.all(calls.map(({ outcome }) => outcome))
    return outcomes.every((outcome, i) => outcome === calls[i]?.expected)
  }), { numRuns: 100 })
})

t.test('a batch that is refused whole frees its engine', async t => {
  const rig = bench({ send: (_engine, batch, refuse) => { for (const request of batch) refuse(request, restarting()) } }, 2)
  t.match(await rig.call(1), { code: 'engine_unavailable' })
  t.equal(rig.scheduler.sent, 0)
})
