/** blockserve as it is measured: started with settings, its access log off as those of the peers are. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Server } from '../processes.ts'
import { childrenOf } from '../usage.ts'
import { SPEC, WEIGHTS } from './perceptron.ts'
import { freePort } from './ports.ts'

export type Backend = 'wasm' | 'native'

/** Settings by their variables. */
export type Settings = Readonly<Record<string, string>>

export interface Blockserve extends Server {
  /** Process ids: the front, then the engines. */
  readonly pids: readonly number[]
  readonly inferUrl: string
}

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url))
const MODEL = 'mlp'
const START_MS = 60_000

/** Starts it on a data folder that outlives it. */
export async function startOn (data: string, settings: Settings): Promise<Blockserve> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const plain = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BLOCKSERVE_') || name === 'BLOCKSERVE_NATIVE'))
  const env = { ...plain, BLOCKSERVE_LOG_LEVEL: 'warn', BLOCKSERVE_DATA: data, BLOCKSERVE_PORT: String(port), ...settings }
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const pid = child.pid as number
  const stop = async (): Promise<void> => { if (child.kill()) await once(child, 'exit') }
  await untilReady(`${url}/health/ready`, () => child.exitCode)
  return { url, pid, pids: [pid, ...childrenOf(pid)], inferUrl: `${url}/v2/models/${MODEL}/infer`, stop }
}

async function untilReady (url: string, exitCode: () => number | null): Promise<void> {
  for (const end = Date.now() + START_MS; Date.now() < end;) {
    if (exitCode() !== null) throw new Error(`blockserve ended with code ${exitCode()}`)
    const response = await fetch(url).catch(() => undefined)
    if (response?.status === 200) return
    await setTimeout(50)
  }
  throw new Error(`blockserve was not ready within ${START_MS} ms`)
}

/** Starts it on a new data folder and prepares it; `restart` starts it once more, as threads are chosen for the models there are. */
export async function startWith (settings: Settings, prepare: (server: Server) => Promise<void>, restart = false): Promise<Blockserve> {
  const data = await mkdtemp(join(tmpdir(), 'blockserve-bench-'))
  const first = await startOn(data, settings)
  await prepare(first)
  if (restart) await first.stop()
  const server = restart ? await startOn(data, settings) : first
  return { ...server, stop: async () => { await server.stop(); await rm(data, { recursive: true }) } }
}

export const onBackend = (backend: Backend): Settings => ({ BLOCKSERVE_BACKEND: backend })

/** Starts it with the small network and its weights. */
export const startPerceptron = (settings: Settings): Promise<Blockserve> => startWith(settings, hostPerceptron)

async function hostPerceptron ({ url }: Server): Promise<void> {
  await createModel(url, SPEC)
  for (const { name, shape, data } of WEIGHTS) {
    await sendJson('PUT', `${url}/v1/models/${MODEL}/parameters/${name}/data`, { shape, dtype: 'float32', data: Array.from(data) })
  }
}

/** Makes a model with seed 0 and gives it its first values. */
export async function createModel (url: string, architecture: object): Promise<void> {
  await sendJson('POST', `${url}/v1/models`, { name: MODEL, seed: 0, architecture })
  await sendJson('POST', `${url}/v1/models/${MODEL}/initialize`, {})
}

async function sendJson (method: string, url: string, body: object): Promise<void> {
  const response = await fetch(url, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${method} ${url}: ${await response.text()}`)
}

export interface RuntimeFacts {
  readonly device: string | null
  readonly threads: { readonly value: number, readonly reason: string } | null
  readonly placement: readonly unknown[]
  readonly memory: { readonly tensors: number | null }
}

/** What it says of itself. */
export const readRuntime = async (url: string): Promise<RuntimeFacts> => await (await fetch(`${url}/v1/runtime`)).json() as RuntimeFacts
