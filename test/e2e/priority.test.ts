/** Inferences of a real server that wait leave in the order of their priorities. */
import t from 'tap'
import type { LogLine } from './log-lines.ts'
import { startServer, type Server } from './server.ts'

t.setTimeout(120_000)

const DEFAULT = 100
/** In order of arrival. */
const PRIORITIES = [undefined, 300, 2, 0, 1, 100, 2, 50, 1]

/** The value of a series of /metrics; 0 where there is none. */
async function metric (server: Server, series: string): Promise<number> {
  const text = (await server.request('GET', '/metrics')).bytes.toString()
  const line = text.split('\n').find(line => line.startsWith(`${series} `))
  return Number(line?.slice(series.length) ?? 0)
}

/** Each look is a request; so many take longer than anything here. */
const MOST_LOOKS = 20_000

async function until (server: Server, series: string, value: number): Promise<void> {
  for (let looks = 0; looks < MOST_LOOKS; looks++) if (await metric(server, series) === value) return
  throw new Error(`${series} never became ${value}`)
}

/** Runs `meanwhile` while an engine takes calls and does not work on them. */
async function withEngineHeld (pid: number, meanwhile: () => Promise<void>): Promise<void> {
  process.kill(pid, 'SIGSTOP')
  try {
    await meanwhile()
  } finally {
    process.kill(pid, 'SIGCONT')
  }
}

/** Asks under a name by which the log tells it. */
async function infer (server: Server, name: string, priority: number | undefined): Promise<number> {
  const parameters = priority === undefined ? {} : { priority }
  const body = { parameters, inputs: [{ name: 'data', datatype: 'FP32', shape: [1, 2], data: [1, 2] }] }
  return (await server.request('POST', '/v2/models/m/infer', body, { 'x-request-id': name })).status
}

const answered = (server: Server): unknown[] =>
  server.process.log.lines.filter((line: LogLine) => line.operation === 'modelInfer').map(({ request }) => request)

t.test('what waits is answered most urgent first, and in order of arrival where none is more urgent', async t => {
  // A batch of one, so that each leaves by itself and is answered before the next.
  const server = await startServer(t, { env: { BLOCKSERVE_MAX_BATCH: '1' } })
  await server.ask('POST', '/v1/models', { name: 'm', seed: 0, architecture: { type: 'Dense', units: 1, in_units: 2 } })
  await server.ask('POST', '/v1/models/m/initialize')
  const statuses: Array<Promise<number>> = []
  await withEngineHeld(server.enginePid(), async () => {
    statuses.push(infer(server, 'first', undefined))
    await until(server, 'blockserve_engine_calls{engine="0"}', 1)
    for (const [i, priority] of PRIORITIES.entries()) {
      statuses.push(infer(server, `r${i}`, priority))
      await until(server, 'blockserve_queue_length{model="m"}', i + 1)
    }
  })
  t.same(new Set(await Promise.all(statuses)), new Set([200]))
  const order = PRIORITIES.map((priority, i) => ({ name: `r${i}`, priority: priority || DEFAULT })).sort((a, b) => a.priority - b.priority)
  await server.stop()
  t.same(answered(server), ['first', ...order.map(({ name }) => name)])
})
