import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ADDRESS = /http:\/\/127\.0\.0\.1:\d+/

/** A server in a process of its own. */
export interface Server {
  readonly url: string
  readonly pid: number
  stop (): Promise<void>
}

/** Starts the bare route. */
export const startBare = (): Promise<Server> => startModule('./bare.js', [])

/** Starts blockserve on an empty data folder. */
export async function startBlockserve (): Promise<Server> {
  const data = await mkdtemp(join(tmpdir(), 'blockserve-bench-'))
  const server = await startModule('../src/main.js', ['--port', '0', '--data', data, '--log-level', 'info'])
  return { ...server, stop: async () => { await server.stop(); await rm(data, { recursive: true }) } }
}

/** Starts a module that writes its address. */
export async function startModule (module: string, args: readonly string[]): Promise<Server> {
  const path = fileURLToPath(new URL(module, import.meta.url))
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  return { url: await addressOf(child), pid: child.pid as number, stop: async () => { child.kill(); await once(child, 'exit') } }
}

/** The first address the server writes. Its output is read to the end: a full pipe would hold it up. */
function addressOf (child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text: string | undefined = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      if (text === undefined) return
      text += chunk.toString()
      const found = ADDRESS.exec(text)
      if (found === null) return
      text = undefined
      resolve(found[0])
    })
    child.once('exit', code => { reject(new Error(`the server ended with code ${code}: ${text ?? ''}`)) })
  })
}
