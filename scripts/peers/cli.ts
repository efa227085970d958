/**
 * Lets the clients that others wrote for the Open Inference Protocol ask a real server, and holds its answers against NumPy:
 *
 *   npm run test:peers [-- NAME…]
 *
 * A name is that of a file in test/peers, such as `triton_http`; without one all of them run. The clients come from the Python package
 * index. The last line is `N passed, N failed`.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listening, ServerProcess } from '../../test/e2e/server.ts'
import { freePort } from '../free-port.ts'
import { preparePython } from './python.ts'
import { runFile, type Counts } from './pytest.ts'

const FILES = ['triton_http', 'triton_http_aio', 'triton_grpc', 'kserve_rest', 'kserve_grpc']

process.chdir(fileURLToPath(new URL('../../..', import.meta.url)))
const names = process.argv.length > 2 ? process.argv.slice(2) : FILES
const total = { passed: 0, failed: 0 }

/** Starts a server with the blocks of test/peers/models, and ends it. */
async function withServer (use: (env: NodeJS.ProcessEnv) => Promise<void>): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'blockserve-peers-'))
  const grpcPort = String(await freePort())
  const started = new ServerProcess(data, { BLOCKSERVE_GRPC_PORT: grpcPort, BLOCKSERVE_MODELS: 'dist/test/peers/models' })
  try {
    const server = await listening(started)
    await use({ ...process.env, BLOCKSERVE_TEST_HTTP: new URL(server.url).host, BLOCKSERVE_TEST_GRPC: `127.0.0.1:${grpcPort}` })
    await server.stop()
  } finally {
    started.signal('SIGKILL')
    await started.gone
    await rm(data, { recursive: true, force: true })
  }
}

function add ({ passed, failed }: Counts): void {
  total.passed += passed
  total.failed += failed
}

try {
  const python = await preparePython('test/peers/requirements.txt')
  await withServer(async env => {
    for (const name of names) add(await runFile(python, `test/peers/${name}.py`, env))
  })
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  add({ passed: 0, failed: 1 })
}
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1
