/** Row `soak`: a great many requests, good and bad; memory of both processes and the tensors of the engine on the way. */
import { setTimeout } from 'node:timers/promises'
import type { Bar } from '../bars.ts'
import { median } from '../engine/stopwatch.ts'
import { head, row } from '../tables.ts'
import { residentBytes } from '../usage.ts'
import { load } from '../wrk.ts'
import { onBackend, readRuntime, startPerceptron, type Backend, type Blockserve } from './blockserve.ts'
import { writeMixture, type Mixture } from './mixture.ts'
import { CONNECTIONS, type Setting, type Sitting } from './row.ts'

interface State { readonly requests: number, readonly front: number, readonly engine: number, readonly tensors: number }

const SLICE_SECONDS = 2
const REST_MS = 200
/** Growth is counted from here on: the heaps of JavaScript find their size first. */
const EARLY = 0.1
const MOST_GROWTH = 3
const MIB = 2 ** 20

export const soak: Sitting = {
  rows: ['soak'],
  measure: async setting => {
    const bars: Bar[] = []
    for (const backend of setting.backends) bars.push(...await onOne(setting, backend))
    return bars
  }
}

async function onOne (setting: Setting, backend: Backend): Promise<Bar[]> {
  const mixture = await writeMixture(setting.folder, setting.bodies)
  const server = await startPerceptron(onBackend(backend))
  const states: State[] = []
  try {
    await mixture.check(server.inferUrl)
    for (let requests = 0; requests < setting.requests;) {
      requests += await slice(server, mixture)
      states.push(await stateOf(server, requests))
    }
  } finally {
    await server.stop()
  }
  print(setting, backend, states)
  return barsOf(backend, states)
}

/** How many were sent. Throws when more or fewer were refused than are bad. */
async function slice ({ inferUrl }: Blockserve, { list, refused }: Mixture): Promise<number> {
  const { requests, errors } = await load('bench/serving/mixed.lua', inferUrl, CONNECTIONS, SLICE_SECONDS, { BODIES: list })
  // When time is up the last round of turns is cut short.
  if (Math.abs(errors - requests * refused) > CONNECTIONS) throw new Error(`of ${requests} requests ${errors} were refused, expected ${refused * requests}`)
  return requests
}

async function stateOf ({ url, pids: [front = 0, engine = 0] }: Blockserve, requests: number): Promise<State> {
  await setTimeout(REST_MS)
  const { memory } = await readRuntime(url)
  return { requests, front: residentBytes(front), engine: residentBytes(engine), tensors: memory.tensors ?? NaN }
}

/** The median of the tenth of the states around a part of the way. */
function around (states: readonly State[], part: number, of: 'front' | 'engine'): number {
  const total = states.at(-1)?.requests ?? 0
  const [from, to] = part === 1 ? [0.9, 1] : [part, part + 0.1]
  const near = states.filter(({ requests }) => requests >= from * total && requests <= to * total)
  return median((near.length === 0 ? states.slice(-1) : near).map(state => state[of]))
}

const growth = (states: readonly State[], of: 'front' | 'engine'): number => (around(states, 1, of) / around(states, EARLY, of) - 1) * 100

function print ({ print }: Setting, backend: Backend, states: readonly State[]): void {
  print(`\n784-256-10 on ${backend}: JSON, binary and invalid requests, ${CONNECTIONS} connections\n`)
  const stride = Math.max(1, Math.floor(states.length / 12))
  const shown = states.filter((_, i) => i % stride === 0 || i === states.length - 1)
  const lines = shown.map(({ requests, front, engine, tensors }) =>
    row([String(requests), (front / MIB).toFixed(1), (engine / MIB).toFixed(1), String(tensors)]))
  for (const line of [...head(['requests', 'front MiB', 'engine MiB', 'tensors']), ...lines]) print(line)
}

function barsOf (backend: Backend, states: readonly State[]): Bar[] {
  const total = states.at(-1)?.requests ?? 0
  const bar = (of: 'front' | 'engine'): Bar => ({
    key: `soak_${of}_${backend}_percent`,
    what: `${total} requests on ${backend}: growth of the ${of}'s resident memory after the first tenth`,
    value: growth(states, of),
    limit: MOST_GROWTH,
    unit: ' %'
  })
  const tensors = (states.at(-1)?.tensors ?? NaN) - (states[0]?.tensors ?? NaN)
  return [bar('front'), bar('engine'), { key: `soak_tensors_${backend}`, what: `… tensors more than at first, on ${backend}`, value: tensors, limit: 0, unit: '' }]
}
