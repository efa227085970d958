/** What is asked of a running image. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from '../../test/e2e/client.ts'
import { patternOf, quickStart, runStep } from '../../test/quick-start.ts'
import type { Tally } from './tally.ts'
import type { Container, Image, StartOptions, Tool } from './tool.ts'

/** A first start may compile kernels for a GPU. */
const READY_TIMEOUT_MS = 600_000

export function checkConfig ({ config }: Image, tally: Tally): void {
  tally.check('its user is a number, so that a cluster sees that it is not root', /^[1-9]\d*:[1-9]\d*$/.test(config.User), config.User)
  tally.equal('the data folder is a volume', Object.keys(config.Volumes), ['/data'])
  tally.equal('the port is told', Object.keys(config.ExposedPorts), ['8080/tcp', '8081/tcp'])
  tally.equal('the server starts without a shell', config.Entrypoint, ['node', 'dist/src/main.js'])
  tally.check('labels say what it is', ['title', 'version', 'revision', 'licenses'].every(name => Boolean(config.Labels[`org.opencontainers.image.${name}`])))
}

/** The health check of the image, as an engine would run it. */
const healthCheck = ({ config }: Image): readonly string[] => config.Healthcheck?.Test.slice(1) ?? ['false']

/** A running server, and a client of it. */
interface Served { readonly container: Container, readonly client: Client }

/** Starts a server, and removes it at the end. */
async function withServer (tool: Tool, image: Image, options: StartOptions, use: (served: Served) => Promise<void>): Promise<void> {
  const container = await tool.start(image, options)
  const client = new Client(container.url)
  try {
    await use({ container, client })
  } finally {
    client.close()
    await container.remove()
  }
}

async function ready ({ container, client }: Served): Promise<void> {
  await until(container, 'it does not become ready', async () => {
    // Nobody listens yet, or only the engine that forwards the port.
    const answer = await client.request('GET', '/health/ready').catch(() => undefined)
    return answer?.status === 200
  })
}

async function until (container: Container, complaint: string, condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + READY_TIMEOUT_MS
  while (!await condition()) {
    if (Date.now() > end) throw new Error(`after ${READY_TIMEOUT_MS} ms, ${complaint}\n${await container.log()}`)
    await sleep(100)
  }
}

/** Ends it with SIGTERM, and checks how it ended. */
async function stop (container: Container, tally: Tally, title: string): Promise<void> {
  const start = performance.now()
  const code = await container.stop()
  const ms = Math.round(performance.now() - start)
  tally.check(`${title}: exit code 0, in time`, code === 0 && ms < 10_000, `exit code ${code} after ${ms} ms\n${(await container.log()).slice(-1500)}`)
}

/** A new server on an empty volume answers the quick start; a second, hardened one on that volume has what the first one had. */
export async function checkServer (tool: Tool, image: Image, backend: string, tally: Tally): Promise<void> {
  const volume = await tool.createVolume(image)
  try {
    let before: readonly unknown[] = []
    await withServer(tool, image, { volume }, async served => {
      const { container, client } = served
      await ready(served)
      tally.equal('the backend', (await client.ask<{ backend: string }>('GET', '/v1/runtime')).backend, backend)
      await checkQuickStart(client, tally)
      tally.equal('the health check succeeds', (await container.exec(healthCheck(image))).code, 0)
      before = await snapshot(client)
      await stop(container, tally, 'SIGTERM ends it')
    })
    tally.equal('the health check fails where no server answers', (await tool.runOnce(image, healthCheck(image))).code, 1)
    await withServer(tool, image, { volume, hardened: true }, async served => {
      await ready(served)
      tally.equal('models and checkpoints survive in the volume', await snapshot(served.client), before)
      await stop(served.container, tally, 'SIGTERM ends the hardened one')
    })
  } finally {
    await tool.removeVolume(volume)
  }
}

async function checkQuickStart ({ url }: Client, tally: Tally): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'blockserve-quick-start-'))
  try {
    for (const step of quickStart(await readFile('README.md', 'utf8'))) {
      const printed = await runStep(step, url, folder).catch((error: Error) => error.message)
      tally.check(step.command.slice(0, 100), patternOf(step).test(printed), printed.slice(0, 500))
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Answers about the quick start's model: a changed value, a checkpoint, what it computes. */
async function snapshot (client: Client): Promise<readonly unknown[]> {
  const inputs = [[Array.from({ length: 20 }, (_, i) => i / 20)]]
  return [
    await client.ask('GET', '/v1/models/mlp/parameters/dense0_weight/data?slice=0,0:3'),
    await client.ask('GET', '/v1/models/mlp/checkpoints'),
    await client.ask('POST', '/v1/models/mlp/forward', { inputs })
  ]
}

/**
 * Process 1 gets no signal that it has no handler for, also not while it starts.
 * A module that never finishes loading holds up the start for as long as the server allows.
 */
export async function checkEarlyStop (tool: Tool, image: Image, tally: Tally): Promise<void> {
  const volume = await tool.createVolume(image)
  const folder = await mkdtemp(join(tmpdir(), 'blockserve-slow-module-'))
  try {
    await chmod(folder, 0o755)
    await writeFile(join(folder, 'slow.js'), 'setInterval(() => {}, 1000)\nawait new Promise(() => {})\n')
    const options = { volume, mounts: [{ from: folder, to: '/models' }], env: { BLOCKSERVE_MODELS: '/models' } }
    await withServer(tool, image, options, async ({ container }) => {
      await until(container, 'the engine does not start', async () => (await container.log()).includes('backend ready'))
      await stop(container, tally, 'SIGTERM ends it while it starts')
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
    await tool.removeVolume(volume)
  }
}
