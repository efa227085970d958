/** A server whose log nobody reads any more: a stuck collector, a terminal that was stopped. */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { BACKEND_ENVIRONMENT } from '../backends.ts'
import { Client } from './client.ts'
import { temporaryFolder, type Ending } from './server.ts'

t.setTimeout(240_000)

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url))
const SHUTDOWN_MS = 20_000
const LISTENING = /Server listening at (http:[^"]+)/

interface Runtime { readonly engine: { readonly pid: number, readonly restarts: number } }

class LoggingServer {
  readonly gone: Promise<Ending>
  readonly listening: Promise<Client>
  readonly #child: ChildProcessByStdio<null, Readable, null>
  #text = ''

  constructor (t: Test, data: string) {
    const settings = { BLOCKSERVE_PORT: '0', BLOCKSERVE_DATA: data, BLOCKSERVE_SHUTDOWN_TIMEOUT_MS: String(SHUTDOWN_MS) }
    this.#child = spawn(process.execPath, [MAIN], {
      env: { ...process.env, ...BACKEND_ENVIRONMENT, ...settings }, stdio: ['ignore', 'pipe', 'inherit']
    })
    t.teardown(() => { this.#child.kill('SIGKILL') })
    this.gone = new Promise(resolve => { this.#child.once('exit', (code, signal) => { resolve({ code, signal }) }) })
    this.listening = new Promise(resolve => {
      this.#child.stdout.on('data', (chunk: Buffer) => {
        this.#text += chunk.toString()
        const url = LISTENING.exec(this.#text)?.[1]
        if (url !== undefined) resolve(new Client(url))
      })
    })
  }

  /** How much of the log was read. */
  get read (): number { return this.#text.length }

  stopReading (): void { this.#child.stdout.pause() }

  readAgain (): void { this.#child.stdout.resume() }

  stop (): void { this.#child.kill('SIGTERM') }

  lines (): Array<Record<string, unknown>> {
    return this.#text.split('\n').filter(line => line.startsWith('{') && line.endsWith('}')).map(line => JSON.parse(line) as Record<string, unknown>)
  }
}

/** Requests whose log lines are long: 5000 of them are more than a pipe and the lines that may wait can hold. */
async function fill (client: Client, count: number): Promise<number> {
  const path = `/nowhere/${'x'.repeat(1000)}`
  let answered = 0
  for (let sent = 0; sent < count; sent += 100) {
    const answers = await Promise.all(Array.from({ length: 100 }, () => client.request('GET', path)))
    answered += answers.filter(({ status }) => status === 404).length
  }
  return answered
}

const REQUESTS = 5000

t.test('a server answers while nobody reads its log, replaces its engine, and ends in time', async t => {
  const server = new LoggingServer(t, await temporaryFolder(t))
  const client = await server.listening
  server.stopReading()
  t.equal(await fill(client, REQUESTS), REQUESTS)
  const { engine: { pid } } = await client.ask<Runtime>('GET', '/v1/runtime')
  process.kill(pid, 'SIGKILL')
  for (;;) {
    const { status } = await client.request('GET', '/health/ready')
    const { engine } = await client.ask<Runtime>('GET', '/v1/runtime')
    if (status === 200 && engine.restarts === 1) break
  }
  t.equal(await fill(client, 100), 100)
  t.ok(server.read < 1e6, `only ${server.read} of about 6,000,000 characters were read`)
  const asked = performance.now()
  server.stop()
  t.same(await server.gone, { code: 0, signal: null })
  t.ok(performance.now() - asked < SHUTDOWN_MS, 'within the time a stop may take')
})

t.test('lines that were dropped are counted, and told when somebody reads again', async t => {
  const server = new LoggingServer(t, await temporaryFolder(t))
  const client = await server.listening
  server.stopReading()
  await fill(client, REQUESTS)
  server.readAgain()
  const told = (): number => server.lines().filter(line => 'dropped' in line).reduce((sum, line) => sum + Number(line['dropped']), 0)
  const written = (): number => server.lines().filter(line => String(line['url']).startsWith('/nowhere')).length
  while (told() === 0) await client.request('GET', '/health/live')
  t.ok(told() > 0)
  t.equal(written() + told(), REQUESTS, 'every request is in the log or among those dropped')
  server.stop()
  t.same(await server.gone, { code: 0, signal: null })
})
