/** Threads of WASM, chosen for the models a server has. */
import { availableParallelism } from 'node:os'
import t from 'tap'
import type { Threads } from '../../src/operations/schemas/runtime.ts'
import type { Static } from 'typebox'
import { startServer, temporaryFolder, type Server } from './server.ts'

t.setTimeout(240_000)

interface Answer { readonly outputs: unknown }

/** 2048 × 2048 weights are worth four threads. */
const SIDE = 2048
/** One core is left to the front process. */
const SUITABLE = Math.max(1, Math.min(availableParallelism() - 1, 4))
const WIDE = { type: 'Dense', units: SIDE, in_units: SIDE }
const INPUTS = { inputs: [[Array.from({ length: SIDE }, (_, i) => Math.sin(i))]] }

const data = await temporaryFolder(t)
const start = (env = {}): Promise<Server> => startServer(t, { data, env: { BLOCKSERVE_BACKEND: 'wasm', BLOCKSERVE_THREADS: 'auto', ...env } })
const threadsOf = async (server: Server): Promise<Static<typeof Threads>> =>
  (await server.ask<{ threads: Static<typeof Threads> }>('GET', '/v1/runtime')).threads
const forward = (server: Server): Promise<Answer> => server.ask<Answer>('POST', '/v1/models/wide/forward', INPUTS)

t.test('a server has one thread while no model needs more, as many as suit its models from the next start on, and answers the same', async t => {
  const first = await start()
  await makeWide(first)
  t.match(await threadsOf(first), { value: 1, reason: SUITABLE > 1 ? /model 'wide', made since, would be computed by/ : /^auto/ })
  const answer = await forward(first)
  t.match(await first.stop(), { code: 0 })
  const second = await start()
  t.match(await threadsOf(second), { value: SUITABLE, reason: /^auto: the largest operation of the models has 134\.2 million/ })
  t.same(await forward(second), answer)
  t.match(await second.stop(), { code: 0 }, 'and its threads do not keep it')
})

async function makeWide (made: Server): Promise<void> {
  await made.ask('POST', '/v1/models', { name: 'wide', seed: 1, architecture: WIDE })
  await made.ask('POST', '/v1/models/wide/initialize')
}

t.test('threads that are asked for are taken', async t => {
  const asked = await start({ BLOCKSERVE_THREADS: '3' })
  t.match(await threadsOf(asked), { value: 3, reason: /^BLOCKSERVE_THREADS/ })
  t.ok((await forward(asked)).outputs)
  t.match(await asked.stop(), { code: 0 })
})
