/** How the server comes, goes and comes back, as whoever runs it sees it. */
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Problem } from './client.ts'
import { exists, ServerProcess, startServer, temporaryFolder, type Server } from './server.ts'
import type { WireTensor } from './tensors.ts'

interface Outputs { readonly outputs: readonly WireTensor[] }
interface Architectures {
  readonly architectures: ReadonlyArray<{ readonly name: string, readonly source: string }>
  readonly failed: ReadonlyArray<{ readonly module: string, readonly reason: string }>
}
interface ModelRow { readonly state: string, readonly reason: string | null }

t.setTimeout(600_000)

/** Counts to the bound on turns with tensors, which takes some tenths of a second. */
const SLOW = {
  type: 'custom',
  class: 'Slow',
  init: [],
  forward: [
    ['let', 'y', 'x'], ['let', 'i', 0],
    ['while', ['lt', 'i', 9999], [['let', 'i', ['add', 'i', 1]], ['let', 'y', ['add', 'y', 1]]]],
    ['return', 'y']
  ]
}

async function makeNet (server: Server): Promise<void> {
  await server.ask('POST', '/v1/models', { name: 'net', seed: 0, architecture: 'MLP' })
  await server.ask('POST', '/v1/models/net/initialize')
}

const forward = async (server: Server, model = 'net', x: unknown = [[1, 2, 3]]): Promise<WireTensor | undefined> =>
  (await server.ask<Outputs>('POST', `/v1/models/${model}/forward`, { inputs: [x] })).outputs[0]

/** An answer proves that what was sent before it on other connections has arrived. */
const arrived = async (server: Server): Promise<void> => { for (let i = 0; i < 3; i++) await server.ask('GET', '/health/live') }

t.test('SIGTERM finishes what is at work, then ends both processes with code 0', async t => {
  const server = await startServer(t)
  await server.ask('POST', '/v1/models', { name: 'slow', architecture: SLOW })
  const working = [1, 2, 3].map(x => forward(server, 'slow', [x]))
  await arrived(server)
  const engine = server.enginePid()
  server.process.signal('SIGTERM')
  await server.process.log.find(line => line.msg === 'stopping')
  const late = await server.request('POST', '/v1/models', { architecture: 'MLP' }).catch(() => undefined)
  t.ok(late === undefined || late.status === 503, 'nothing new is begun')
  t.same((await Promise.all(working)).map(output => output?.data), [[10_000], [10_001], [10_002]])
  t.same(await server.process.gone, { code: 0, signal: null })
  t.notOk(exists(engine), 'the engine is gone, and was collected')
  t.equal(server.process.stderr, '')
})

t.test('SIGTERM ends a server that still starts, and its engine, with code 0', async t => {
  const [data, models] = [await temporaryFolder(t), await temporaryFolder(t)]
  await writeFile(join(models, 'slow.js'), 'setInterval(() => {}, 1000)\nawait new Promise(() => {})\n')
  const starting = new ServerProcess(data, { BLOCKSERVE_MODELS: models })
  t.teardown(() => { starting.signal('SIGKILL') })
  await starting.log.find(line => line.msg === 'backend ready')
  starting.signal('SIGTERM')
  t.same(await starting.gone, { code: 0, signal: null })
  t.equal(starting.stderr, '')
})

t.test('an engine does not outlive a server that is killed', async t => {
  const server = await startServer(t)
  server.process.signal('SIGKILL')
  t.same(await server.process.exited, { code: null, signal: 'SIGKILL' })
  // The engine writes to the same streams: they are closed only once it is gone too.
  t.same(await server.process.gone, { code: null, signal: 'SIGKILL' })
})

t.test('while an engine is dead the server lives, is not ready, and answers from the store; then models are back', async t => {
  const server = await startServer(t)
  await makeNet(server)
  const before = await forward(server)
  t.same(await server.ask('GET', '/health/ready'), { ready: true, state: 'ready', reason: null })
  const data = await server.request('GET', '/v1/models/net/parameters/dense1_weight/data')
  const deadPid = server.enginePid()
  await server.killEngine(async () => {
    await server.process.log.find(line => line.msg === 'engine ended unexpectedly')
    t.same(await server.ask('GET', '/health/live'), { live: true })
    const ready = await server.request<{ ready: boolean, state: string, reason: string }>('GET', '/health/ready')
    t.equal(ready.status, 503)
    t.match(ready.body, { ready: false, state: 'restarting', reason: /SIGKILL/ })
    const refused = await server.request<Problem>('POST', '/v1/models/net/forward', { inputs: [[[1, 2, 3]]] })
    t.equal(refused.status, 503)
    t.ok(Number(refused.headers['retry-after']) >= 1)
    t.equal((await server.request('GET', '/v1/models/net')).status, 200)
    t.same((await server.request('GET', '/v1/models/net/parameters/dense1_weight/data')).bytes, data.bytes)
    t.equal((await server.request('GET', '/v1/runtime')).status, 200)
  })
  t.not(server.enginePid(), deadPid)
  t.same(await forward(server), before)
  t.match(await server.ask('GET', '/v1/runtime'), { engine: { state: 'ready', restarts: 1, pid: server.enginePid() } })
})

const DOUBLE = `
import { Block, Dense, np } from 'blockserve'
export class Double extends Block {
  dense = new Dense(2)
  forward (x) { return np.multiply(this.dense.call(x), 2) }
}
`

t.test('a module in BLOCKSERVE_MODELS is hosted after a restart, and one that throws is reported by name', async t => {
  const [data, models, aside] = [await temporaryFolder(t), await temporaryFolder(t), await temporaryFolder(t)]
  const env = { BLOCKSERVE_MODELS: models }
  const first = await startServer(t, { data, env })
  const { architectures } = await first.ask<Architectures>('GET', '/v1/architectures')
  t.notOk(architectures.some(({ name }) => name === 'Double'))
  await makeNet(first)
  await first.stop()

  await writeFile(join(models, 'double.js'), DOUBLE)
  await writeFile(join(models, 'broken.mjs'), 'throw new TypeError(\'no such luck\')')
  const second = await startServer(t, { data, env })
  const listed = await second.ask<Architectures>('GET', '/v1/architectures')
  t.match(listed.architectures.find(({ name }) => name === 'Double'), { source: 'module' })
  t.match(listed.failed, [{ module: 'broken.mjs', reason: /no such luck/ }])
  await second.ask('POST', '/v1/models', { name: 'double', seed: 3, architecture: { type: 'Sequential', children: [{ type: 'Double' }] } })
  await second.ask('POST', '/v1/models/double/initialize')
  const before = await forward(second, 'double')
  const values = await second.request('GET', '/v1/models/double/parameters/0.dense.weight/data')
  t.equal(values.status, 200)
  await second.stop()

  await copyFile(join(models, 'double.js'), join(aside, 'double.js'))
  await rm(join(models, 'double.js'))
  const third = await startServer(t, { data, env })
  const gone = await third.ask<ModelRow>('GET', '/v1/models/double')
  t.equal(gone.state, 'unavailable')
  t.match(gone.reason, /'Double'/)
  const refused = await third.request<Problem>('POST', '/v1/models/double/forward', { inputs: [[[1, 2, 3]]] })
  t.equal(refused.status, 409)
  t.equal(refused.body.code, 'model_unavailable')
  t.match(refused.body.detail, /'Double'/)
  t.same((await third.request('GET', '/v1/models/double/parameters/0.dense.weight/data')).bytes, values.bytes, 'its data is kept')
  t.ok(await forward(third), 'other models run')
  await third.stop()

  await mkdir(models, { recursive: true })
  await copyFile(join(aside, 'double.js'), join(models, 'double.js'))
  const fourth = await startServer(t, { data, env })
  t.match(await fourth.ask('GET', '/v1/models/double'), { state: 'ready', reason: null })
  t.same(await forward(fourth, 'double'), before, 'it is what it was')
})

/** Starts a server that cannot run, and gives what it says and how it ends. */
async function failingStart (t: Test, env: Record<string, string>, args: string[] = []): Promise<ServerProcess> {
  const started = new ServerProcess(await temporaryFolder(t), env, args)
  t.teardown(() => { started.signal('SIGKILL') })
  t.same(await started.gone, { code: 1, signal: null }, 'it exits with code 1')
  return started
}

t.test('a port that is taken is a clear error', async t => {
  const { port } = new URL((await startServer(t)).url)
  const { stderr } = await failingStart(t, { BLOCKSERVE_PORT: port })
  t.match(stderr, new RegExp(`127\\.0\\.0\\.1:${port}.* in use`))
  t.match(stderr, /BLOCKSERVE_PORT/)
  t.notMatch(stderr, /\n {4}at /, 'without a stack')
})

t.test('a data folder that cannot be made is named', async t => {
  const { stderr } = await failingStart(t, { BLOCKSERVE_DATA: import.meta.filename })
  t.match(stderr, new RegExp(`data folder.*${import.meta.filename}`))
  t.notMatch(stderr, /\n {4}at /, 'without a stack')
})

t.test('a setting that cannot be used is named with what is allowed', async t => {
  t.match((await failingStart(t, { BLOCKSERVE_BACKEND: 'abacus' })).stderr, /BLOCKSERVE_BACKEND.*'abacus'.*wasm/)
  t.match((await failingStart(t, { BLOCKSERVE_MAX_MODELS: 'many' })).stderr, /BLOCKSERVE_MAX_MODELS.*'many'.*whole number/)
  t.match((await failingStart(t, {}, ['--porridge', '1'])).stderr, /porridge.*--port/)
})
