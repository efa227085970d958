/** What nobody should send below /v2 is refused as the protocol says, and the next good request is answered as ever. */
import { connect } from 'node:net'
import t from 'tap'
import { HOSTILE_INFERENCES, type HostileInference } from './hostile/inferences.ts'
import { startServer, type Server } from './server.ts'

interface Memory { readonly server_bytes: number, readonly tensors: number }

const MIB = 2 ** 20
const INFER = '/v2/models/m/infer'
const GOOD = { inputs: [{ name: 'data', datatype: 'FP32', shape: [2, 3], data: [1, 2, 3, 4, 5, 6] }] }
const PLACES = /\n\s+at |node_modules|\.ts:|\.js:|\/dist\/|\/tmp\//

t.setTimeout(240_000)

async function prepare (t: Parameters<typeof startServer>[0], env: Record<string, string> = {}): Promise<Server> {
  const server = await startServer(t, { env: { BLOCKSERVE_MAX_BODY_BYTES: String(MIB), ...env } })
  await server.ask('POST', '/v1/models', { name: 'm', seed: 0, architecture: { type: 'Dense', units: 4, in_units: 3 } })
  await server.ask('POST', '/v1/models/m/initialize')
  return server
}

const good = async (server: Server): Promise<Buffer> => (await server.request('POST', INFER, GOOD)).bytes
const memory = async (server: Server): Promise<Memory> => (await server.ask<{ memory: Memory }>('GET', '/v1/runtime')).memory

/** Why a hostile request is not refused as it should be. */
async function mismatch (server: Server, { method = 'POST', path = INFER, body, headers, status = 400, says }: HostileInference): Promise<string | undefined> {
  const answer = await server.request<{ error?: unknown }>(method, path, body, headers)
  const text = answer.bytes.toString().slice(0, 400)
  const { error } = answer.body ?? {}
  if (answer.status !== status || typeof error !== 'string' || answer.headers['content-type'] !== 'application/json') return `${answer.status} ${text}`
  if (says !== undefined && !says.test(error)) return text
  return PLACES.test(error) || error.length > 2000 ? `it tells too much: ${text}` : undefined
}

t.test('hostile inferences', async t => {
  const server = await prepare(t)
  const expected = await good(server)
  const engine = server.enginePid()
  const { tensors } = await memory(server)
  for (const [group, requests] of Object.entries(HOSTILE_INFERENCES)) {
    await t.test(`${group}: each is refused, and the next good request is answered as before`, async t => {
      for (const [name, request] of Object.entries(requests)) {
        const reason = await mismatch(server, request).catch(String)
        const after = await good(server)
        t.equal(reason ?? (after.equals(expected) ? undefined : `a good request was answered ${after.toString()}`), undefined, name)
        t.equal((await server.request('GET', '/v2/health/live')).status, 200)
      }
    })
  }
  t.equal((await memory(server)).tensors, tensors, 'no tensor is left over')
  t.equal(server.enginePid(), engine, 'the engine lived through all of it')
})

t.test('JSON nested 50 deep, where nobody looks, is no mistake; nor is a body of exactly the limit', async t => {
  const server = await prepare(t)
  const expected = await good(server)
  const nested = JSON.stringify(GOOD).replace(/\}$/, `,"more":${'['.repeat(50)}${']'.repeat(50)}}`)
  t.ok((await server.request('POST', INFER, nested)).bytes.equals(expected))
  t.ok((await server.request('POST', INFER, JSON.stringify(GOOD).padEnd(MIB))).bytes.equals(expected))
})

/** Writes pieces of a request as they are, and then breaks the connection, or reads the status line. */
async function raw (server: Server, pieces: readonly string[], reads: boolean): Promise<string> {
  const { hostname, port } = new URL(server.url)
  return await new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      for (const piece of pieces) socket.write(piece)
      if (!reads) socket.end(() => { socket.destroy() })
    })
    socket.once('data', data => {
      resolve(data.toString().split('\r\n')[0] ?? '')
      socket.destroy()
    })
    socket.once('close', () => { resolve('') })
    socket.once('error', reject)
  })
}

t.test('chunks: 65 537 of them are a body like any other; those that break off are forgotten', async t => {
  const server = await prepare(t, { BLOCKSERVE_REQUEST_TIMEOUT_MS: '20000' })
  const expected = await good(server)
  const text = JSON.stringify(GOOD).padEnd(65_537)
  const head = `POST ${INFER} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`
  const chunks = Array.from(text, char => `1\r\n${char}\r\n`).join('')
  t.equal(await raw(server, [head, chunks, '0\r\n\r\n'], true), 'HTTP/1.1 200 OK')
  t.equal(await raw(server, [head, 'zz\r\n'], true), 'HTTP/1.1 400 Bad Request')
  for (const sent of [[head], [head, chunks.slice(0, 1000)], [head, chunks, '0\r\n\r\n']]) {
    await raw(server, sent, false)
    t.ok((await good(server)).equals(expected))
  }
})

t.test('two thousand refusals leave no memory behind', async t => {
  const server = await prepare(t)
  const groups = Object.values(HOSTILE_INFERENCES)
  const all = groups.flatMap(group => Object.values<HostileInference>(group)).filter(({ status }) => status !== 413)
  const refuse = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 4) {
      await Promise.all([0, 1, 2, 3].map(async k => {
        const { method = 'POST', path = INFER, body, headers } = all[(i + k) % all.length] as HostileInference
        await server.request(method, path, body, headers)
      }))
      await good(server)
    }
  }
  await refuse(400)
  const before = await memory(server)
  await refuse(2000)
  const after = await memory(server)
  t.equal(after.tensors, before.tensors)
  t.ok(after.server_bytes - before.server_bytes < 48 * MIB, `the server grew by ${Math.round((after.server_bytes - before.server_bytes) / MIB)} MiB`)
})
