/** Several engine processes behind one server: what is answered is that of one. */
import t from 'tap'
import type { Test } from 'tap'
import { alike } from '../alike.ts'
import { infer } from './inferences.ts'
import { startServer, type Server } from './server.ts'

t.setTimeout(180_000)

const SPEC = { type: 'Sequential', children: [{ type: 'Dense', units: 16, activation: 'relu' }, { type: 'Dense', units: 1, in_units: 16, use_bias: true }] }
const ENGINES = 3

interface Placement { readonly engine: number, readonly state: string, readonly pid: number, readonly loaded: readonly string[] | null }

const placement = async (server: Server): Promise<readonly Placement[]> =>
  (await server.ask<{ placement: readonly Placement[] }>('GET', '/v1/runtime')).placement

const started = (t: Test): Promise<Server> => startServer(t, { env: { BLOCKSERVE_ENGINES: String(ENGINES) } })

async function makeModel (server: Server): Promise<void> {
  await server.ask('POST', '/v1/models', { name: 'm', seed: 0, architecture: SPEC })
  await server.ask('POST', '/v1/models/m/initialize')
}

const ROW = [[1, 2, 3, 4]]
const value = async (server: Server, version?: number): Promise<number> =>
  (await infer(server, 'm', ROW, { ...version !== undefined && { version } })).rows[0]?.[0] as number

/** So many inferences at once, which is more than one engine is given. */
const values = (server: Server, count: number): Promise<number[]> => Promise.all(Array.from({ length: count }, () => value(server)))

const setBias = (server: Server, bias: number): Promise<unknown> =>
  server.ask('PATCH', '/v1/models/m/parameters/1.bias/data', { slice: '0', set: bias })

t.test('inferences spread over all engines, also of a model that its first inference completes', async t => {
  const server = await started(t)
  t.match(await placement(server), [{ engine: 0, state: 'ready', loaded: [] }, { engine: 1, state: 'ready' }, { engine: 2, state: 'ready' }])
  await makeModel(server)
  const first = await value(server)
  for (let i = 0; i < 5; i++) for (const answer of await values(server, 24)) t.ok(alike([answer], [first]), `${answer} is ${first}`)
  t.same((await placement(server)).map(({ loaded }) => loaded), [['m'], ['m'], ['m']])
})

t.test('an inference after a change sees it, whichever engine answers', async t => {
  const server = await started(t)
  await makeModel(server)
  const zero = await value(server)
  for (let bias = 1; bias <= 10; bias++) {
    const before = values(server, 6)
    await setBias(server, bias)
    for (const answer of await values(server, 12)) t.ok(Math.abs(answer - zero - bias) < 1e-4, `${answer} with a bias of ${bias}`)
    for (const answer of await before) t.ok([bias - 1, bias].some(known => Math.abs(answer - zero - known) < 1e-4))
  }
})

t.test('versions are answered by all engines, and are gone from all when they are deleted', async t => {
  const server = await started(t)
  await makeModel(server)
  const zero = await value(server)
  await server.ask('POST', '/v1/models/m/checkpoints')
  await setBias(server, 5)
  const both = await Promise.all(Array.from({ length: 24 }, (_, i) => value(server, i % 2)))
  both.forEach((answer, i) => { t.ok(Math.abs(answer - zero - (i % 2 === 1 ? 0 : 5)) < 1e-4) })
  await server.ask('DELETE', '/v1/models/m/checkpoints/1')
  const statuses = await Promise.all(Array.from({ length: 24 }, async () => (await infer(server, 'm', ROW, { version: 1 })).status))
  t.same(new Set(statuses), new Set([404]))
})

t.test('a model that is unloaded, or deleted and made anew, is that in every engine', async t => {
  const server = await started(t)
  await makeModel(server)
  await values(server, 24)
  await server.ask('POST', '/v2/repository/models/m/unload')
  t.same((await placement(server)).map(({ loaded }) => loaded), [[], [], []])
  await server.ask('POST', '/v2/repository/models/m/load')
  await values(server, 24)
  await server.ask('DELETE', '/v1/models/m')
  await makeModel(server)
  await server.ask('POST', '/v1/models/m/initialize', { init: { type: 'Constant', value: 0 }, force_reinit: true })
  t.same(new Set(await values(server, 24)), new Set([0]))
})

t.test('an engine beside the first that dies is started again while the others serve', async t => {
  const server = await started(t)
  await makeModel(server)
  const zero = await value(server)
  const dead = (await placement(server))[2]?.pid as number
  const again = server.process.log.find(line => line.msg === 'engine is ready' && line.engine === 2 && line.pid !== dead)
  process.kill(dead, 'SIGKILL')
  let answered = 0
  for (const answer of await Promise.allSettled(Array.from({ length: 24 }, () => value(server)))) {
    if (answer.status === 'fulfilled' && answer.value === zero) answered++
  }
  t.ok(answered > 0, `${answered} of 24 while it was gone`)
  await setBias(server, 1)
  await again
  for (const answer of await values(server, 24)) t.ok(Math.abs(answer - zero - 1) < 1e-4)
})

t.test('while the first engine is gone the others answer inferences; it comes back with what was acknowledged', async t => {
  const server = await started(t)
  await makeModel(server)
  const zero = await value(server)
  await setBias(server, 3)
  await values(server, 24)
  const dead = (await placement(server))[0]?.pid as number
  const again = server.process.log.find(line => line.msg === 'engine is ready' && line.engine === 0 && line.pid !== dead)
  process.kill(dead, 'SIGKILL')
  await server.process.log.find(line => line.msg === 'engine ended unexpectedly')
  t.ok(Math.abs(await value(server) - zero - 3) < 1e-4)
  await again
  await setBias(server, 4)
  for (const answer of await values(server, 24)) t.ok(Math.abs(answer - zero - 4) < 1e-4)
})
