/** The Open Inference Protocol of a real server: the numbers are those of plain loops over the parameters. */
import t from 'tap'
import type { Test } from 'tap'
import { distance, expected, infer, layersOf, randomRows, requestFor, unpack, type Form, type Layer } from './inferences.ts'
import { startServer, temporaryFolder, type Server } from './server.ts'

t.setTimeout(180_000)

const PATHS = ['0', '1']
const SPEC = { type: 'Sequential', children: [{ type: 'Dense', units: 16, activation: 'relu', in_units: 8 }, { type: 'Dense', units: 5, in_units: 16 }] }
const CLOSE = 1e-5

async function prepared (t: Test, data?: string): Promise<{ server: Server, layers: Layer[] }> {
  const server = await startServer(t, { ...data !== undefined && { data } })
  await server.ask('POST', '/v1/models', { name: 'm', seed: 0, architecture: SPEC })
  await server.ask('POST', '/v1/models/m/initialize', { init: { type: 'Normal', sigma: 0.5 } })
  return { server, layers: await layersOf(server, 'm', PATHS) }
}

interface Statistics {
  readonly inference_count: number
  readonly execution_count: number
  readonly inference_stats: { readonly fail: { readonly count: number } }
}

interface Entry { readonly name: string, readonly version: string, readonly state: string, readonly reason: string }

const index = async (server: Server): Promise<string[]> =>
  (await server.ask<Entry[]>('POST', '/v2/repository/index')).map(({ name, version, state }) => `${name} ${version} ${state}`)

t.test('JSON, binary and mixed, compressed either way or not: the answer is that of plain loops', async t => {
  const { server, layers } = await prepared(t)
  await server.ask('POST', '/v1/models/m/checkpoints')
  const rows = randomRows(3, 8, 1)
  for (const input of ['json', 'binary'] as const) {
    for (const output of ['json', 'binary'] as const) {
      for (const encoding of [undefined, 'gzip', 'deflate'] as const) {
        for (const version of [undefined, 1]) {
          const form: Form = { input, output, ...encoding && { encoding, accept: encoding }, ...version !== undefined && { version } }
          const { status, rows: found, version: answered } = await infer(server, 'm', rows, form)
          t.same([status, answered], [200, String(version ?? 0)])
          t.ok(distance(found, expected(layers, rows)) < CLOSE, JSON.stringify(form))
        }
      }
    }
  }
})

t.test('a compressed answer is one on the wire, and its JSON length is that of the decompressed body', async t => {
  const { server } = await prepared(t)
  const { body, headers } = requestFor(randomRows(2, 8, 1), { input: 'binary', output: 'binary' })
  const ask = (accept: string): ReturnType<Server['request']> =>
    server.request('POST', '/v2/models/m/infer', body, { ...headers, 'accept-encoding': accept })
  const plain = await ask('identity')
  for (const encoding of ['gzip', 'deflate'] as const) {
    const answer = await ask(encoding)
    t.equal(answer.headers['content-encoding'], encoding)
    t.equal(answer.headers['inference-header-content-length'], plain.headers['inference-header-content-length'])
    t.ok(unpack(encoding, answer.bytes).equals(plain.bytes))
  }
})

t.test('a large input and output cross in pieces', async t => {
  const { server } = await prepared(t)
  await server.ask('POST', '/v1/models', { name: 'same', architecture: { type: 'Activation', activation: 'relu' } })
  const rows = randomRows(400, 1000, 7)
  for (const input of ['json', 'binary'] as const) {
    const { rows: found } = await infer(server, 'same', rows, { input, output: 'binary' })
    t.ok(distance(found, rows.map(row => row.map(value => Math.max(0, value)))) < CLOSE, input)
  }
})

t.test('inferences at the same time share batches, each gets its own answer, and a bad one fails alone', async t => {
  const { server, layers } = await prepared(t)
  const formOf = (i: number): Form => ({ input: i % 2 === 0 ? 'json' : 'binary' })
  const asked = Array.from({ length: 300 }, (_, i) => ({ rows: randomRows(1 + i % 3, i % 10 === 9 ? 7 : 8, i), form: formOf(i) }))
  const answers = await Promise.all(asked.map(({ rows, form }) => infer(server, 'm', rows, form)))
  const wrong = answers.filter(({ status, rows }, i) => {
    const isBad = i % 10 === 9
    return isBad ? status !== 400 : status !== 200 || distance(rows, expected(layers, asked[i]!.rows)) > CLOSE
  })
  t.same(wrong, [])
  t.match(answers[9]?.error, /expected an input of shape \(batch, 8\), received \(1, 7\)/)
  const { model_stats: [stats] } = await server.ask<{ model_stats: Statistics[] }>('GET', '/v2/models/m/stats')
  t.equal(stats?.inference_stats.fail.count, 30)
  t.equal(stats?.inference_count, asked.filter((_, i) => i % 10 !== 9).reduce((sum, { rows }) => sum + rows.length, 0))
  t.ok(stats !== undefined && stats.execution_count < 270, `270 good requests took ${stats?.execution_count} executions`)
})

t.test('two versions and the live network under load at once never mix', async t => {
  const { server } = await prepared(t)
  const networks: Layer[][] = []
  for (const bias of [10, 20, 30]) {
    await server.ask('PATCH', '/v1/models/m/parameters/1.bias/data', { slice: ':', set: bias })
    if (bias < 30) await server.ask('POST', '/v1/models/m/checkpoints')
    networks.push(await layersOf(server, 'm', PATHS))
  }
  const versions = [1, 2, undefined]
  const asked = Array.from({ length: 300 }, (_, i) => ({ rows: randomRows(1, 8, i), which: i % 3 }))
  const formOf = (version: number | undefined): Form => ({ input: 'binary', ...version !== undefined && { version } })
  const answers = await Promise.all(asked.map(({ rows, which }) => infer(server, 'm', rows, formOf(versions[which]))))
  const mixed = answers.filter(({ rows, version }, i) => {
    const { which, rows: given } = asked[i]!
    return version !== String(versions[which] ?? 0) || distance(rows, expected(networks[which]!, given)) > CLOSE
  })
  t.same(mixed, [])
  t.same(await index(server), ['m 0 READY', 'm 1 READY', 'm 2 READY'])
})

t.test('unloading frees the engine and holds over its death and a restart; loading brings back the same numbers', async t => {
  const data = await temporaryFolder(t)
  const { server, layers } = await prepared(t, data)
  const rows = randomRows(2, 8, 3)
  const memory = async (): Promise<number> => (await server.ask<{ memory: { tensors: number } }>('GET', '/v1/runtime')).memory.tensors
  await infer(server, 'm', rows)
  const before = await memory()
  await server.ask('POST', '/v2/repository/models/m/unload')
  t.ok(await memory() < before, 'tensors are freed')
  const refused = async (place: Server): Promise<void> => {
    t.match(await infer(place, 'm', rows), { status: 400, error: /unloaded/ })
    t.equal((await place.request('GET', '/v2/models/m/ready')).status, 503)
    t.same(await index(place), ['m 0 UNAVAILABLE'])
    t.equal((await place.request('GET', '/v2/models/m')).status, 200, 'what it takes is still told')
  }
  await refused(server)
  await server.killEngine()
  await refused(server)
  await server.stop()
  const again = await startServer(t, { data })
  await refused(again)
  await again.ask('POST', '/v2/repository/models/m/load')
  t.ok(distance((await infer(again, 'm', rows)).rows, expected(layers, rows)) < CLOSE)
  t.equal((await again.request('GET', '/v2/models/m/ready')).status, 200)
})

t.test('while the engine is gone metadata is told, inferences are 503 with Retry-After, and then all is as before', async t => {
  const { server, layers } = await prepared(t)
  const rows = randomRows(1, 8, 5)
  await server.killEngine(async () => {
    let status = 200
    while (status === 200) status = (await server.request('GET', '/v2/health/ready')).status
    t.equal(status, 503)
    const answer = await server.request('POST', '/v2/models/m/infer', { inputs: [{ name: 'data', datatype: 'FP32', shape: [1, 8], data: rows }] })
    t.match(answer, { status: 503, headers: { 'retry-after': '1' }, body: { error: /restarting/ } })
    t.equal((await server.request('GET', '/v2/models/m/ready')).status, 503)
    for (const path of ['/v2', '/v2/models', '/v2/models/m', '/v2/models/m/config', '/v2/models/m/stats', '/v2/health/live']) {
      t.equal((await server.request('GET', path)).status, 200, path)
    }
    t.same(await index(server), ['m 0 UNAVAILABLE'])
  })
  t.ok(distance((await infer(server, 'm', rows)).rows, expected(layers, rows)) < CLOSE)
})
