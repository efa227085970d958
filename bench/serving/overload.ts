/**
 * Row `overload`: at capacity so many connections wait for their answers; then three times as many requests per second arrive as are
 * answered, whatever becomes of them, at a server whose queue holds as many. The network is heavy, so that the engine is what is full.
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Bar } from '../bars.ts'
import { median } from '../engine/stopwatch.ts'
import { head, row } from '../tables.ts'
import type { Load } from '../wrk.ts'
import { TITLE } from './conv-net.ts'
import { startConvolutions, writeImage } from './conv-server.ts'
import type { Outcome, Plan } from './open-loop.ts'
import type { Setting, Sitting } from './row.ts'
import { sample } from './samples.ts'

interface Round { readonly capacity: Load, readonly outcome: Outcome }

const run = promisify(execFile)
const GENERATOR = fileURLToPath(new URL('./open-loop.js', import.meta.url))
/** At capacity; also the places in the queue. */
const WAITING = 16
const TIMES = 3
const MOST_SLOWER = 2
const WARM_SECONDS = 2
const REFUSED_MS = 20

async function openLoop (plan: Plan): Promise<Outcome> {
  const { stdout } = await run(process.execPath, [GENERATOR, JSON.stringify(plan)])
  return JSON.parse(stdout) as Outcome
}

export const overload: Sitting = {
  rows: ['overload'],
  measure: async setting => {
    const body = await writeImage(setting.folder)
    // One thread leaves a core to the load and the front.
    const server = await startConvolutions({ BLOCKSERVE_THREADS: '1', BLOCKSERVE_MAX_QUEUE: String(WAITING) })
    const rounds: Round[] = []
    let own: Refusals
    try {
      await sample(server.inferUrl, body, [], WAITING, setting.seconds)
      for (let round = 0; round < setting.rounds; round++) {
        const capacity = await sample(server.inferUrl, body, server.pids, WAITING, setting.seconds)
        const plan = { url: server.inferUrl, body, rate: TIMES * capacity.rate, seconds: setting.seconds, warmSeconds: WARM_SECONDS }
        rounds.push({ capacity, outcome: await openLoop(plan) })
      }
      own = await refusalsOf(server.url)
    } finally {
      await server.stop()
    }
    print(setting, rounds, own)
    return barsOf(rounds)
  }
}

/** How many the server counts in all, and how many of them it answered within 10 ms of their arrival. */
interface Refusals { readonly all: number, readonly soon: number }

async function refusalsOf (url: string): Promise<Refusals> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const within = (bound: string): number => {
    const line = text.split('\n').find(line => line.includes('duration_seconds_bucket') && line.includes(`le="${bound}"`) && line.includes('status="503"'))
    return Number(line?.split(' ').at(-1))
  }
  return { all: within('+Inf'), soon: within('0.01') }
}

function print ({ print }: Setting, rounds: readonly Round[], { all, soon }: Refusals): void {
  print(`\n${TITLE}, native, 1 thread, a queue of ${WAITING}; at capacity ${WAITING} connections, then ${TIMES} times the load\n`)
  const titles = [
    'round', 'capacity /s', 'its p99 ms', 'accepted', 'p50 ms', 'p99 ms', 'refused', 'p50 ms', 'p99 ms', 'most ms', 'others'
  ]
  for (const line of [...head(titles), ...rounds.map(roundLine)]) print(line)
  print(`\nBy the server's own clock ${soon} of ${all} refusals, ${(soon / all * 100).toFixed(2)} %, took at most 10 ms.`)
}

function roundLine ({ capacity, outcome: { accepted, refused, others } }: Round, i: number): string {
  const ms = (...values: readonly number[]): string[] => values.map(value => value.toFixed(1))
  return row([
    String(i + 1), ...ms(capacity.rate, capacity.p99), String(accepted.count), ...ms(accepted.p50, accepted.p99),
    String(refused.count), ...ms(refused.p50, refused.p99, refused.most), String(others)
  ])
}

function barsOf (rounds: readonly Round[]): Bar[] {
  const of = (value: (round: Round) => number): number => median(rounds.map(value))
  const what = `${TITLE} at ${TIMES} times its capacity`
  return [
    {
      key: 'overload_p99',
      what: `${what}: p99 of the accepted by p99 at capacity`,
      value: of(({ outcome }) => outcome.accepted.p99) / of(({ capacity }) => capacity.p99),
      limit: MOST_SLOWER,
      unit: '×'
    },
    { key: 'overload_refused_ms', what: `${what}: p99 of the refused`, value: of(({ outcome }) => outcome.refused.p99), limit: REFUSED_MS, unit: ' ms' },
    { key: 'overload_refused_most_ms', what: `${what}: the slowest refusal`, value: of(({ outcome }) => outcome.refused.most), limit: undefined, unit: ' ms' },
    { key: 'overload_others', what: `${what}: answers that are neither`, value: of(({ outcome }) => outcome.others), limit: 0, unit: '' }
  ]
}
