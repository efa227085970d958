/**
 * Nothing acknowledged is lost, and nothing is ever half there, when the engine or the whole server is killed in the middle of a stream
 * of changes. Each round kills the engine once and the server once, at moments that a seeded generator picks.
 */
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { RandomStream } from '../../src/nn/index.ts'
import type { Problem } from './client.ts'
import { isEngineDown, type Mutator } from './durability/attempt.ts'
import { CountedRequests } from './durability/counted-requests.ts'
import { Checkpoints } from './durability/checkpoints.ts'
import { ComingsAndGoings } from './durability/comings-and-goings.ts'
import { Counter } from './durability/counter.ts'
import { Draws } from './durability/draws.ts'
import { Initializations } from './durability/initializations.ts'
import { Retries } from './durability/retries.ts'
import { startServer, temporaryFolder, type Server } from './server.ts'

const ROUNDS = 15
const MOST_ANSWERS = 100
const LONGEST_MS = 8

t.setTimeout(600_000)

const random = new RandomStream(20_261_123)

/** A moment: so many milliseconds after so many acknowledgements. */
interface Moment { readonly answers: number, readonly ms: number }

const upTo = (most: number): number => Math.floor(most * Number(random.uniform().data[0]))
const nextMoment = (): Moment => ({ answers: 10 + upTo(MOST_ANSWERS), ms: upTo(LONGEST_MS) })

/** Lets all clients work, and runs `kill` in the middle. */
async function interrupt (
  server: Server, mutators: readonly Mutator[], { answers, ms }: Moment, kill: () => Promise<unknown>
): Promise<void> {
  const counted = new CountedRequests(server, answers)
  const runs = Promise.all(mutators.map(mutator => mutator.run(counted)))
  await Promise.race([counted.reached, runs])
  await pause(ms)
  await kill()
  await runs
}

/** While no engine is there: changes are refused at once with a time to try again, what is saved is answered. */
async function probe (server: Server): Promise<void> {
  const [refused, read] = await Promise.all([server.request('POST', '/v1/models/probe/initialize'), server.request('GET', '/v1/models/probe')])
  if (!isEngineDown(refused) || read.status !== 200) throw new Error(`without an engine a change was answered ${refused.status}, a read ${read.status}`)
}

t.test('kill -9 of the engine and of the server loses nothing acknowledged', { timeout: 600_000 }, async t => {
  const data = await temporaryFolder(t)
  const mutators: readonly Mutator[] =
    [new Counter(3), new Draws(), new Initializations(), new Checkpoints(), new ComingsAndGoings(), new Retries()]
  let server = await startServer(t, { data })
  await server.ask('POST', '/v1/models', { name: 'probe', architecture: { type: 'Dense', units: 1 } })
  for (const mutator of mutators) await mutator.prepare(server)
  const verify = async (what: string): Promise<void> => {
    const failures = await Promise.allSettled(mutators.map(mutator => mutator.verify(server)))
    const reasons = failures.flatMap((result, i) => result.status === 'rejected' ? [`${mutators[i]?.name}: ${String(result.reason)}`] : [])
    t.same(reasons, [], what)
  }
  for (let round = 1; round <= ROUNDS; round++) {
    await interrupt(server, mutators, nextMoment(), () => server.killEngine(() => probe(server)))
    await verify(`round ${round}: all is there after the engine was killed`)
    const { process } = server
    // An engine that lives a moment longer than its server works beside the next one in every other round.
    await interrupt(server, mutators, nextMoment(), async () => {
      process.signal('SIGKILL')
      await (round % 2 === 0 ? process.gone : process.exited)
    })
    server = await startServer(t, { data })
    await verify(`round ${round}: all is there after the server was killed`)
  }
  for (const { name, acknowledged } of mutators) t.ok(acknowledged >= ROUNDS, `${name}: ${acknowledged} changes were acknowledged`)
})

t.test('a stale change is refused, and one that is sent twice applies once', async t => {
  const server = await startServer(t)
  const change = { slice: ':', add: 1 }
  const path = '/v1/models/m/parameters/dense0_bias/data'
  await server.ask('POST', '/v1/models', { name: 'm', architecture: { type: 'Dense', units: 1, in_units: 1 } })
  await server.ask('POST', '/v1/models/m/initialize')
  const { headers: { etag = '' } } = await server.request('GET', '/v1/models/m')
  t.equal((await server.request('PATCH', path, change, { 'if-match': etag })).status, 200)
  const stale = await server.request<Problem>('PATCH', path, change, { 'if-match': etag })
  t.equal(stale.status, 412)
  t.match(stale.body.detail, `not at ${etag.replaceAll('"', '')}`)
  const twice = await Promise.all([1, 2].map(() => server.request('PATCH', path, change, { 'idempotency-key': 'k' })))
  t.same(twice.map(({ status }) => status), [200, 200])
  t.same(twice[0]?.body, twice[1]?.body)
  t.same((await server.ask<{ data: number[] }>('GET', path)).data, [2])
  const other = await server.request<Problem>('PATCH', path, { slice: ':', add: 5 }, { 'idempotency-key': 'k' })
  t.equal(other.status, 422)
  t.equal(other.body.code, 'idempotency_conflict')
  t.same((await server.ask<{ data: number[] }>('GET', path)).data, [2])
})
