/** A peer from its start to its end. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync, closeSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Server } from '../processes.ts'
import type { Body } from '../wrk.ts'
import { check } from './answers.ts'
import type { PeerServer } from './peer-list.ts'
import { EXPECTED } from './perceptron.ts'
import { freePort } from './ports.ts'
import { endTree } from './process-tree.ts'

const SCRIPTS = fileURLToPath(new URL('../../../bench/serving/peers', import.meta.url))
const START_MS = 90_000
const LAST_WORDS = 600

/** Starts it; resolves when it answers rightly. `data` has the weights. Rejects with what it wrote when it does not. */
export async function startPeer (peer: PeerServer, bin: string, data: string, body: Body): Promise<Server> {
  const scratch = await mkdtemp(join(data, `${peer.name}-`))
  const port = await freePort()
  const child = await spawnPeer(peer, { bin, scripts: SCRIPTS, scratch, port }, data)
  const url = `http://127.0.0.1:${port}${peer.path}`
  const stop = async (): Promise<void> => { await endTree(child); await rm(scratch, { recursive: true, force: true }) }
  try {
    await untilRight(child, url, body)
    return { url, pid: child.pid as number, stop }
  } catch (error) {
    const log = await readFile(join(scratch, 'log'), 'utf8')
    await stop()
    throw new Error(`${(error as Error).message}; it wrote: ${log.slice(-LAST_WORDS)}`, { cause: error })
  }
}

async function spawnPeer (peer: PeerServer, place: Parameters<PeerServer['launch']>[0], data: string): Promise<ChildProcess> {
  const { command, args, env, files = {} } = peer.launch(place)
  await mkdir(join(place.scratch, 'tmp'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(place.scratch, name), text)
  const log = openSync(join(place.scratch, 'log'), 'a')
  const variables = {
    ...process.env,
    PATH: `${place.bin}:${process.env['PATH'] ?? ''}`,
    PORT: String(place.port),
    PEERS_DATA: data,
    OPENBLAS_NUM_THREADS: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    ...env
  }
  const child = spawn(command, args, { cwd: place.scratch, env: variables, stdio: ['ignore', log, log] })
  closeSync(log)
  await once(child, 'spawn')
  return child
}

async function untilRight (child: ChildProcess, url: string, body: Body): Promise<void> {
  let last = 'nothing was asked of it'
  for (const end = Date.now() + START_MS; Date.now() < end && child.exitCode === null;) {
    const wrong = await check(url, body, EXPECTED).then(() => undefined, (error: unknown) => String(error))
    if (wrong === undefined) return
    last = wrong
    await setTimeout(100)
  }
  throw new Error(`it was never ready: ${last}`)
}
