/** A scheduler whose engines do what a test says. */
import type { Answer, Request } from '../../src/engine/channel.ts'
import type { Call } from '../../src/engine/pending.ts'
import { Scheduler, type SchedulerOptions } from '../../src/engine/scheduler.ts'
import { problem } from '../../src/errors.ts'
import { FakeClock } from './fake-clock.ts'

export const restarting = (): Error => problem('engine_unavailable', { state: 'restarting' }, { retryAfter: 1 })

interface Sent { readonly engine: number, readonly batch: readonly Request[] }

export interface SchedulerBench {
  readonly scheduler: Scheduler
  readonly clock: FakeClock
  readonly batches: Request[][]
  /** The same with the engines they were sent to. */
  readonly sent: Sent[]
  readonly hung: Call[]
  /** A call with a minute to go, its outcome caught. */
  readonly call: (input: unknown, options?: Partial<Call>) => Promise<unknown>
  /**
   * Answers the first batch that an engine has not answered with its own inputs, or with what `answerOf` makes of them. It took the time
   * since it was sent, or since the one before was answered.
   */
  readonly answer: (engine?: number, answerOf?: (request: Request) => Answer) => void
}

export const echo = ({ id, input }: Request): Answer => ({ id, output: input })

export function bench (options: Partial<SchedulerOptions> = {}, engines = 1): SchedulerBench {
  const clock = new FakeClock()
  const batches: Request[][] = []
  const sent: Sent[] = []
  const hung: Call[] = []
  const answered = new Set<Sent>()
  const begunAt: number[] = []
  const scheduler = new Scheduler({
    send: (engine, batch) => {
      if (sent.every(each => each.engine !== engine || answered.has(each))) begunAt[engine] = clock.now()
      batches.push([...batch])
      sent.push({ engine, batch })
    },
    onHang: (_engine, call) => { hung.push(call) },
    queueLimit: 100,
    largestBatch: 32,
    graceMs: 1000,
    clock,
    ...options
  })
  for (let i = 0; i < engines; i++) scheduler.open(scheduler.add(restarting))
  const call: SchedulerBench['call'] = (input, more = {}) =>
    scheduler.call({ operation: 'op', kind: 'infer', model: 'm', input, deadline: clock.now() + 60_000, ...more }).catch((error: unknown) => error)
  const answer: SchedulerBench['answer'] = (engine = 0, answerOf = echo) => {
    const next = sent.find(each => each.engine === engine && !answered.has(each))
    if (next !== undefined) answered.add(next)
    const batch = next?.batch ?? batches.at(-1) ?? []
    const us = (clock.now() - (begunAt[engine] ?? 0)) * 1000 / batch.length
    begunAt[engine] = clock.now()
    scheduler.receive(engine, batch.map(request => {
      const answer = answerOf(request)
      return 'expired' in answer ? answer : { us, ...answer }
    }))
  }
  return { scheduler, clock, batches, sent, hung, call, answer }
}

export const inputs = (batch: readonly Request[] | undefined): unknown[] | undefined => batch?.map(request => request.input)
