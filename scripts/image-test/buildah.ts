/** Buildah, for machines where no engine runs. It shares the network of the host and, as it runs programs under chroot, its processes. */
import { spawn } from 'node:child_process'
import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { freePort } from '../free-port.ts'
import { exitCode, run, succeed } from '../process.ts'
import type { Container, Image, ImageConfig, StartOptions, Tool } from './tool.ts'
import { STOP_TIMEOUT_S } from './tool.ts'

const NAME = 'buildah'

interface Inspected { readonly Manifest: string, readonly Docker: { readonly config: ImageConfig } }
interface Manifest { readonly layers: ReadonlyArray<{ readonly size: number }> }

export const buildah: Tool = {
  name: NAME,
  notCovered: 'the volume at /data, the server as process 1, a read-only root, dropped capabilities, limits of memory, a network of its own',
  async build (name, target, options) {
    // The health check is part of Docker's format alone.
    await succeed(NAME, ['build', '--format', 'docker', '--target', target, '--tag', name, ...options, '.'], { shown: true })
  },
  async inspect (name) {
    const { Manifest: manifest, Docker: { config } } = JSON.parse(await succeed(NAME, ['inspect', '--type', 'image', name])) as Inspected
    const bytes = (JSON.parse(manifest) as Manifest).layers.reduce((sum, { size }) => sum + size, 0)
    return { name, bytes, config }
  },
  async createVolume ({ config }) {
    const folder = await mkdtemp(join(tmpdir(), 'blockserve-volume-'))
    const [user, group] = config.User.split(':').map(Number)
    await chown(folder, user ?? 0, group ?? 0)
    return folder
  },
  removeVolume: volume => rm(volume, { recursive: true, force: true }),
  async runOnce (image, command) {
    const id = await succeed(NAME, ['from', image.name])
    try {
      return await run(NAME, ['run', id, '--', ...command])
    } finally {
      await succeed(NAME, ['rm', id])
    }
  },
  start
}

/** Not /data: Buildah puts an empty folder over what an image calls a volume. */
const DATA = '/volume'

async function start ({ name, config }: Image, { volume, mounts = [], env = {} }: StartOptions): Promise<Container> {
  const id = await succeed(NAME, ['from', name])
  const port = await freePort()
  const settings = Object.entries({ ...env, BLOCKSERVE_PORT: String(port), BLOCKSERVE_DATA: DATA }).flatMap(([name, value]) => ['--env', `${name}=${value}`])
  const volumes = [{ from: volume, to: DATA }, ...mounts].flatMap(({ from, to }) => ['--volume', `${from}:${to}`])
  const child = spawn(NAME, ['run', ...settings, ...volumes, id, '--', ...config.Entrypoint], { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => { text += String(chunk) })
  const ended = new Promise<number>(resolve => { child.once('close', (code, signal) => { resolve(exitCode(code, signal)) }) })
  return {
    url: `http://127.0.0.1:${port}`,
    log: async () => text,
    exec: command => run(NAME, ['run', ...settings, id, '--', ...command]),
    async stop () {
      process.kill(Number(await descendant(String(child.pid), config.Entrypoint)), 'SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_S * 1000)
      return ended.finally(() => { clearTimeout(timer) })
    },
    async remove () {
      child.kill('SIGKILL')
      await ended
      await run(NAME, ['rm', id])
    }
  }
}

/** The process at or below `pid` that runs the command: Buildah itself passes SIGTERM on as SIGKILL. */
async function descendant (pid: string, command: readonly string[]): Promise<string> {
  const [program = '', ...args] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1)
  if ([basename(program), ...args].join('\0') === command.join('\0')) return pid
  return Promise.any((await childrenOf(pid)).map(child => descendant(child, command)))
}

/** A process belongs to the thread that started it. */
async function childrenOf (pid: string): Promise<readonly string[]> {
  const threads = await readdir(`/proc/${pid}/task`)
  const lists = await Promise.all(threads.map(thread => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8')))
  return lists.flatMap(list => list.split(' ').filter(Boolean))
}
