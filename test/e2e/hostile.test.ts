/** What nobody should send is refused by name, without harm: every refusal is followed by a request that must be answered as ever. */
import { connect } from 'node:net'
import t from 'tap'
import { HOSTILE, type HostileRequest } from './hostile/requests.ts'
import { alike } from '../alike.ts'
import { startServer, type Server } from './server.ts'
import type { WireTensor } from './tensors.ts'

interface Memory { readonly server_bytes: number, readonly engine_bytes: number, readonly tensors: number, readonly tensor_bytes: number }
interface Outputs { readonly outputs: readonly WireTensor[] }

const MIB = 2 ** 20
const GOOD = { inputs: [[[1, 2, 3], [4, 5, 6]]] }
const LIMITS = { BLOCKSERVE_MAX_BODY_BYTES: String(MIB), BLOCKSERVE_MAX_PARAMETER_BYTES: String(MIB) }
const PLACES = /\n\s+at |node_modules|\.ts:|\.js:|\/dist\/|\/tmp\//

t.setTimeout(600_000)

const forever = (body: unknown[]): object =>
  ({ type: 'custom', class: 'Forever', init: [], forward: [['let', 'y', 'x'], ['while', ['lt', 0, 1], body], ['return', 'y']] })

/** Models that the hostile requests are about; gives what a good request is answered. */
async function prepare (server: Server): Promise<Buffer> {
  const architectures = {
    m: { type: 'Dense', units: 4, in_units: 3 },
    wide: { type: 'Dense', units: 1000 },
    loop: forever([['let', 'y', ['add', 'y', 0]]]),
    grow: forever([['let', 'y', ['concat', 0, 'y', 'y']]])
  }
  for (const [name, architecture] of Object.entries(architectures)) await server.ask('POST', '/v1/models', { name, seed: 0, architecture })
  await server.ask('POST', '/v1/models/m/initialize')
  await server.ask('POST', '/v1/models/wide/initialize')
  // After a backward and a forward all layouts of the parameters are on the device.
  await server.ask('POST', '/v1/models/m/backward', GOOD)
  return good(server)
}

const good = async (server: Server): Promise<Buffer> => (await server.request('POST', '/v1/models/m/forward', GOOD)).bytes

const memory = async (server: Server): Promise<Memory> => (await server.ask<{ memory: Memory }>('GET', '/v1/runtime')).memory

/** Why a hostile request is not refused as it should be. */
async function mismatch (server: Server, { method = 'POST', path, body, headers, status, code, says }: HostileRequest): Promise<string | undefined> {
  const answer = await server.request(method, path, body, headers)
  const text = answer.bytes.toString()
  const isAsWanted = answer.status === status && (code === undefined || text.includes(`"code":"${code}"`)) && (says === undefined || says.test(text))
  if (!isAsWanted) return `${answer.status} ${text.slice(0, 400)}`
  return PLACES.test(text) ? `it tells where code lies: ${text}` : undefined
}

t.test('hostile requests', async t => {
  const server = await startServer(t, { env: LIMITS })
  const expected = await prepare(server)
  const engine = server.enginePid()
  const { tensors } = await memory(server)
  for (const [group, requests] of Object.entries(HOSTILE)) {
    await t.test(`${group}: each is refused, and the next good request is answered as before`, async t => {
      for (const [name, request] of Object.entries(requests)) {
        const reason = await mismatch(server, request).catch(String)
        const after = await good(server)
        t.equal(reason ?? (after.equals(expected) ? undefined : `a good request was answered ${after.toString()}`), undefined, name)
      }
    })
  }
  t.equal((await memory(server)).tensors, tensors, 'no tensor is left over')
  t.equal(server.enginePid(), engine, 'the engine lived through all of it')
})

const dataOf = (body: unknown): number[] => (body as { outputs: [{ data: number[] }] }).outputs[0].data

t.test('of many requests that arrive at once only the bad ones fail, and each good one gets its own answer', async t => {
  const server = await startServer(t, { env: LIMITS })
  await prepare(server)
  const ask = (row: unknown): ReturnType<Server['request']> => server.request('POST', '/v1/models/m/forward', { inputs: [[row]] })
  const rows = Array.from({ length: 64 }, (_, i) => [i, 1 / (i + 1), -i])
  const alone: unknown[] = []
  for (const row of rows) alone.push((await ask(row)).body)
  const bad = [[1, 2], [1, 2, 3, 4], [], ['x', 0, 0]]
  const [together, refused] = await Promise.all([
    Promise.all(rows.map(ask)), Promise.all(Array.from({ length: 16 }, (_, i) => ask(bad[i % bad.length])))
  ])
  together.forEach(({ body }, i) => { t.ok(alike(dataOf(body), dataOf(alone[i])), `row ${i}`) })
  t.same(refused.map(({ status }) => status), Array.from({ length: 4 }, () => [422, 422, 422, 400]).flat())
})

t.test('what is unusual but right is answered', async t => {
  const server = await startServer(t, { env: LIMITS })
  await prepare(server)
  const forward = async (tensor: unknown, model = 'm'): Promise<WireTensor | undefined> =>
    (await server.ask<Outputs>('POST', `/v1/models/${model}/forward`, { inputs: [tensor] })).outputs[0]
  t.same(await forward({ shape: [0, 3], data: [] }), { shape: [0, 4], dtype: 'float32', data: [] }, 'an empty batch')
  t.same((await forward([['NaN', 0, 0]]))?.data, ['NaN', 'NaN', 'NaN', 'NaN'], 'not a number')
  const infinite = await forward([['Infinity', 0, 0]])
  t.ok(infinite?.data.every(value => value === 'Infinity' || value === '-Infinity'), 'infinity')
  await server.ask('PUT', '/v1/arrays/odd', { array: { dtype: 'int64', data: ['9007199254740993', -1] } })
  t.same((await server.ask<{ array: WireTensor }>('GET', '/v1/arrays/odd')).array.data, ['9007199254740993', -1], 'a large int64')
  await server.ask('PUT', '/v1/arrays/odd', '{"array":[-0.0]}')
  t.ok(Object.is((await server.ask<{ array: WireTensor }>('GET', '/v1/arrays/odd')).array.data[0], -0), 'minus zero')
  const duplicate = await server.request('POST', '/v1/models/m/random', '{"distribution":"normal","distribution":"uniform","shape":[1]}')
  t.equal(duplicate.status, 200, 'a member that comes twice: the last one counts, as in JSON.parse')
})

t.test('an inner dimension of 0 never shows what lies in memory', async t => {
  const server = await startServer(t)
  const dot = { type: 'custom', class: 'Dot', init: [], forward: [['return', ['dot', 'x', ['reshape', 'x', [0, 2]]]]] }
  for (const [name, architecture] of Object.entries({ dot, dense: { type: 'Dense', units: 4 } })) {
    await server.ask('POST', '/v1/models', { name, architecture })
    await server.ask('POST', `/v1/models/${name}/initialize`)
    const answer = await server.request<Outputs>('POST', `/v1/models/${name}/forward`, { inputs: [{ shape: [2, 0], data: [] }] })
    t.ok(answer.status === 422 || answer.body.outputs[0]?.data.every(value => value === 0), `${name}: ${answer.bytes.toString()}`)
  }
})

t.test('connections that break are forgotten', async t => {
  const server = await startServer(t)
  const expected = await prepare(server)
  const { hostname, port } = new URL(server.url)
  const text = JSON.stringify(GOOD)
  const head = `POST /v1/models/m/forward HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n`
  for (const sent of [head, head + text.slice(0, 10), head + text, 'POST /v1/models/m/forward HTTP/1.1\r\n', '\0\0\0', 'GET / HTTP/9.9\r\n\r\n']) {
    await new Promise<void>(resolve => {
      const socket = connect(Number(port), hostname, () => { socket.end(sent, () => { socket.destroy() }) })
      socket.once('close', () => { resolve() })
    })
    t.same(await good(server), expected, JSON.stringify(sent.slice(0, 60)))
  }
})

t.test('two thousand models are made, the next is refused, and all are served', async t => {
  const server = await startServer(t)
  const architecture = { type: 'Dense', units: 4, in_units: 3 }
  const create = (name: string): ReturnType<Server['request']> => server.request('POST', '/v1/models', { name, seed: 1, architecture })
  const names = Array.from({ length: 2000 }, (_, i) => `model-${i}`)
  const left = names.slice()
  const statuses = new Set<number>()
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) statuses.add((await create(name)).status)
  }))
  t.same([...statuses], [201])
  const more = await create('one-more')
  t.equal(more.status, 422)
  t.match(more.body, { code: 'too_many_models', detail: /2000/ })
  const first = await server.ask<{ models: Array<{ name: string }>, next: string }>('GET', '/v1/models?limit=1000')
  const second = await server.ask<{ models: Array<{ name: string }>, next: null }>('GET', `/v1/models?limit=1000&after=${first.next}`)
  t.same([...first.models, ...second.models].map(({ name }) => name), names.sort())
  t.equal(second.next, null)
  const { server_bytes, engine_bytes } = await memory(server)
  t.ok(server_bytes < 400 * MIB && engine_bytes < 600 * MIB, `memory is bounded: ${Math.round(server_bytes / MIB)} and ${Math.round(engine_bytes / MIB)} MiB`)
})

t.test('two thousand mixed requests leave no tensor and no memory behind', async t => {
  const server = await startServer(t, { env: LIMITS })
  await prepare(server)
  const small = Object.values({ ...HOSTILE.shapes, ...HOSTILE.values, ...HOSTILE.names })
  const mixed = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 4) {
      const { method = 'POST', path, body, headers } = small[i % small.length] as HostileRequest
      await Promise.all([
        good(server),
        server.request(method, path, body, headers),
        server.request('POST', '/v1/models/m/backward', GOOD),
        server.request('PATCH', '/v1/models/m/parameters/dense0_weight/data', { slice: '0', add: 0 })
      ])
    }
  }
  await mixed(400)
  const before = await memory(server)
  await mixed(2000)
  const after = await memory(server)
  t.equal(after.tensors, before.tensors, 'tensors')
  t.equal(after.tensor_bytes, before.tensor_bytes, 'bytes of tensors')
  const grown = { server: after.server_bytes - before.server_bytes, engine: after.engine_bytes - before.engine_bytes }
  t.ok(grown.server < 48 * MIB && grown.engine < 48 * MIB, `the processes grew by ${Math.round(grown.server / MIB)} and ${Math.round(grown.engine / MIB)} MiB`)
})
