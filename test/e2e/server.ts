/** A server of a test's own: real processes, started on a free port with a folder of its own, and surely ended. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { BACKEND_ENVIRONMENT } from '../backends.ts'
import { Client } from './client.ts'
import { LogLines, type LogLine } from './log-lines.ts'

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url))
const PRELOAD = new URL('preload.js', import.meta.url).href

export interface ServerOptions {
  /** Folder of the data; a new one when left out. */
  readonly data?: string
  /** Settings, such as BLOCKSERVE_MAX_MODELS. */
  readonly env?: Readonly<Record<string, string>>
}

export interface Ending { readonly code: number | null, readonly signal: NodeJS.Signals | null }

/** A folder that goes with the test. */
export async function temporaryFolder (t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'blockserve-e2e-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** The front process alone, perhaps before it listens, perhaps one that never will. */
export class ServerProcess {
  readonly log: LogLines
  /** The front process ended. */
  readonly exited: Promise<Ending>
  /** The front process and every engine ended: an engine writes to the same streams, and they are closed. */
  readonly gone: Promise<Ending>
  readonly #child: ChildProcess
  readonly #gate: string
  #stderr = ''

  constructor (data: string, env: ServerOptions['env'] = {}, args: readonly string[] = []) {
    const plain = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BLOCKSERVE_')))
    this.#gate = `${data}.gate`
    const child = spawn(process.execPath, ['--import', PRELOAD, MAIN, ...args], {
      env: { ...plain, TEST_GATE: this.#gate, BLOCKSERVE_DATA: data, BLOCKSERVE_PORT: '0', BLOCKSERVE_GRPC_PORT: '0', ...BACKEND_ENVIRONMENT, ...env }, stdio: 'pipe'
    })
    child.stderr.on('data', (chunk: Buffer) => { this.#stderr += chunk.toString() })
    this.#child = child
    this.log = new LogLines(child.stdout)
    this.exited = ending(child, 'exit')
    this.gone = ending(child, 'close')
  }

  get pid (): number { return this.#child.pid as number }

  get stderr (): string { return this.#stderr }

  signal (signal: NodeJS.Signals): void { this.#child.kill(signal) }

  /** No engine starts until `meanwhile` is done. */
  async withoutEngine (meanwhile: () => Promise<void>): Promise<void> {
    await writeFile(this.#gate, '')
    try {
      await meanwhile()
    } finally {
      await rm(this.#gate)
    }
  }
}

/** A server that listens. */
export class Server {
  readonly client: Client
  readonly process: ServerProcess

  constructor (process: ServerProcess, url: string) {
    this.process = process
    this.client = new Client(url)
  }

  get url (): string { return this.client.url }

  get pid (): number { return this.process.pid }

  /** Of the newest engine that became ready. */
  enginePid (): number { return this.#engines().at(-1)?.pid as number }

  request: Client['request'] = (...args) => this.client.request(...args)

  ask: Client['ask'] = (...args) => this.client.ask(...args)

  /** Kills the engine, and resolves when another is ready: it starts when `meanwhile` is done. */
  async killEngine (meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    const before = this.#engines().length
    const next = this.process.log.find(line => isEngineReady(line) && this.#engines().length > before)
    await this.process.withoutEngine(async () => {
      process.kill(this.enginePid(), 'SIGKILL')
      await meanwhile()
    })
    await next
  }

  /** Asks the server to stop; resolves when it and its engine are gone. */
  stop (): Promise<Ending> { return this.kill('SIGTERM') }

  async kill (signal: NodeJS.Signals): Promise<Ending> {
    this.process.signal(signal)
    const ending = await this.process.gone
    this.client.close()
    return ending
  }

  #engines (): LogLine[] { return this.process.log.lines.filter(isEngineReady) }
}

const isEngineReady = (line: LogLine): boolean => line.msg === 'engine is ready'
const LISTENING = /^Server listening at (http:\S+)/

/** Starts a server and resolves when it listens. It ends with the test at the latest. */
export async function startServer (t: Test, { data, env }: ServerOptions = {}): Promise<Server> {
  const started = new ServerProcess(data ?? await temporaryFolder(t), env)
  t.teardown(async () => {
    started.signal('SIGKILL')
    await started.gone
  })
  return await listening(started)
}

/** Resolves when the process listens. Rejects when it ends before. */
export async function listening (started: ServerProcess): Promise<Server> {
  const { msg } = await started.log.find(line => LISTENING.test(line.msg)).catch((cause: unknown) => {
    throw new Error(`the server did not start: ${started.stderr}`, { cause })
  })
  return new Server(started, LISTENING.exec(msg)?.[1] as string)
}

function ending (child: ChildProcess, event: 'exit' | 'close'): Promise<Ending> {
  return new Promise(resolve => { child.once(event, (code, signal) => { resolve({ code, signal }) }) })
}

/** Whether a process exists. One that ended, but that its parent did not collect, does. */
export function exists (pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
