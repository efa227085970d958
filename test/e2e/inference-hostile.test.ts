/** What nobody should send below /v2 is refused as the protocol says, and the next good request is answered as ever. */
import { connect } from 'node:net'
import { deflateSync, gzipSync } from 'node:zlib'
import t from 'tap'
import type { Answer } from './client.ts'
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
  const largest = Buffer.from(JSON.stringify(GOOD).padEnd(MIB))
  t.ok((await server.request('POST', INFER, largest)).bytes.equals(expected))
  for (const [encoding, pack] of Object.entries({ gzip: gzipSync, deflate: deflateSync })) {
    t.ok((await server.request('POST', INFER, pack(largest), { 'content-encoding': encoding })).bytes.equals(expected), encoding)
  }
})

interface Output { readonly shape: number[], readonly data: unknown[] }

t.test('what is unusual but right is answered', async t => {
  const server = await prepare(t)
  const expected = await good(server)
  const infer = async (body: unknown, headers?: Record<string, string>): Promise<Output | undefined> =>
    (await server.ask<{ outputs: Output[] }>('POST', INFER, body, headers)).outputs[0]
  const [input] = GOOD.inputs
  const shaped = (shape: number[], data: unknown, datatype = 'FP32'): object => ({ inputs: [{ ...input, datatype, shape, data }] })
  t.same(await infer(shaped([0, 3], [])), { name: 'output', datatype: 'FP32', shape: [0, 4], data: [] }, 'an empty batch')
  t.same((await infer('{"inputs":[{"name":"data","datatype":"FP32","shape":[-0,3],"data":[]}]}'))?.shape, [0, 4], 'a dimension of -0')
  t.same((await infer(shaped([1, 3], ['NaN', 0, 0])))?.data, ['NaN', 'NaN', 'NaN', 'NaN'], 'not a number')
  const nested = shaped([2, 3], [[1, 2, 3], [4, 5, 6]], 'UINT8')
  t.ok((await server.request('POST', INFER, nested)).bytes.equals(expected), 'nested whole numbers')
  const twice = `{"inputs":[],${JSON.stringify(GOOD).slice(1)}`
  t.ok((await server.request('POST', INFER, twice)).bytes.equals(expected), 'a member that comes twice: the last one counts')
  for (let blanks = 0; blanks < 8; blanks++) {
    const described = { ...input, data: undefined, datatype: 'INT64', parameters: { binary_data_size: 48 } }
    const json = Buffer.from(JSON.stringify({ inputs: [described] }) + ' '.repeat(blanks))
    const body = Buffer.concat([json, Buffer.from(BigInt64Array.of(1n, 2n, 3n, 4n, 5n, 6n).buffer)])
    const answer = await server.request('POST', INFER, body, { 'inference-header-content-length': String(json.length) })
    t.ok(answer.bytes.equals(expected), `elements that begin ${json.length % 8} bytes behind where they may`)
  }
})

t.test('names that look like paths upwards, and are none, can be loaded (Triton)', async t => {
  const server = await prepare(t)
  for (const name of ['...', '..my_model', 'model..1']) {
    await server.ask('POST', '/v1/models', { name, architecture: { type: 'Dense', units: 1, in_units: 1 } })
    t.equal((await server.request('POST', `/v2/repository/models/${name}/load`)).status, 200, name)
  }
})

t.test('beyond the queue requests are refused at once with 503, and the others are answered (Triton)', async t => {
  const server = await prepare(t, { BLOCKSERVE_MAX_QUEUE: '4', BLOCKSERVE_MAX_BATCH: '1' })
  const expected = await good(server)
  // One takes much longer to compute than to arrive.
  const [rows, width] = [100, 2048]
  await server.ask('POST', '/v1/models', { name: 'slow', architecture: { type: 'Dense', units: width, in_units: width } })
  await server.ask('POST', '/v1/models/slow/initialize')
  const elements = Buffer.alloc(rows * width * 4)
  const input = { name: 'data', datatype: 'FP32', shape: [rows, width], parameters: { binary_data_size: elements.length } }
  const json = Buffer.from(JSON.stringify({ inputs: [input] }))
  const body = Buffer.concat([json, elements])
  const headers = { 'inference-header-content-length': String(json.length) }
  const ask = (): Promise<Answer<{ error: string }>> => server.request('POST', '/v2/models/slow/infer', body, headers)
  const answers = await Promise.all(Array.from({ length: 40 }, ask))
  const [answered, refused] = [answers.filter(({ status }) => status === 200), answers.filter(({ status }) => status === 503)]
  t.ok(answered.length >= 4 && refused.length > 0, `${answered.length} answered, ${refused.length} refused`)
  t.equal(answered.length + refused.length, answers.length)
  const told = new Set(refused.map(({ headers, body }) => [headers['content-type'], headers['retry-after'], /wait/.test(body.error)].join()))
  t.same([...told], ['application/json,1,true'], 'each refusal says why, and when to come again')
  t.ok((await good(server)).equals(expected))
})

t.test('one name that is made, saved, unloaded, loaded, asked and deleted at once never breaks the server', async t => {
  const server = await prepare(t)
  const expected = await good(server)
  const engine = server.enginePid()
  const made = { name: 'x', seed: 0, architecture: { type: 'Dense', units: 4, in_units: 3 } }
  const changes: ReadonlyArray<[string, string, object?]> = [
    ['POST', '/v1/models', made], ['POST', '/v1/models/x/initialize', {}], ['POST', '/v1/models/x/checkpoints', {}],
    ['POST', '/v2/models/x/infer', GOOD], ['POST', '/v2/models/x/versions/1/infer', GOOD], ['POST', '/v2/repository/models/x/unload'],
    ['POST', '/v2/repository/models/x/load'], ['GET', '/v2/models/x/stats'], ['POST', '/v2/repository/index'], ['DELETE', '/v1/models/x']
  ]
  const all = Array.from({ length: 30 }, (_, i) => changes.map((_, k) => changes[(k * 7 + i * 3) % changes.length]!)).flat()
  const answers = await Promise.all(all.map(([method, path, body]) => server.request(method, path, body)))
  t.same(answers.filter(({ status }) => status >= 500), [])
  t.ok((await good(server)).equals(expected))
  t.equal(server.enginePid(), engine)
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
