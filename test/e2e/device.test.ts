/** What becomes of the server when the device under an engine fails: a module throws what TensorFlow would. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Problem } from './client.ts'
import { startServer, temporaryFolder, type Server } from './server.ts'
import type { WireTensor } from './tensors.ts'

t.setTimeout(240_000)

const FRAIL = `
import { Block, Dense, np } from 'blockserve'
const ERRORS = {
  1: 'Invalid TF_Status: 8\\nMessage: OOM when allocating tensor with shape[1048576,1024] and type float on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc',
  2: 'Invalid TF_Status: 13\\nMessage: could not synchronize on CUDA stream: CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered',
  3: 'Invalid TF_Status: 13\\nMessage: Blas xGEMM launch failed : a.shape=[1,2,2], b.shape=[1,2,2], m=2, n=2, k=2'
}
export class Frail extends Block {
  dense = new Dense(2)
  forward (x) {
    const y = this.dense.call(np.add(x, 1))
    const message = ERRORS[np.hostOf(x).data[0]]
    if (message !== undefined) throw new Error(message)
    return y
  }
}
`

interface Outputs { readonly outputs: readonly WireTensor[] }
interface Status { readonly engine: { readonly pid: number, readonly restarts: number }, readonly memory: { readonly tensors: number } }

async function frailServer (t: Test): Promise<Server> {
  const models = await temporaryFolder(t)
  await writeFile(join(models, 'frail.js'), FRAIL)
  const server = await startServer(t, { env: { BLOCKSERVE_MODELS: models } })
  await server.ask('POST', '/v1/models', { name: 'frail', seed: 1, architecture: 'Frail' })
  await server.ask('POST', '/v1/models/frail/initialize')
  await server.ask('POST', '/v1/models/frail/forward', { inputs: [[[0, 0]]] })
  return server
}

const server = await frailServer(t)

const forward = (first: number): ReturnType<typeof server.request<Problem & Outputs>> =>
  server.request<Problem & Outputs>('POST', '/v1/models/frail/forward', { inputs: [[[first, 0]]] })

t.test('want of memory fails the request alone, names the bytes, and leaves no tensor behind', async t => {
  const before = await server.ask<Status>('GET', '/v1/runtime')
  for (let turn = 0; turn < 3; turn++) {
    const { status, body } = await forward(1)
    t.equal(status, 507)
    t.match(body, { code: 'device_out_of_memory', detail: /4294967296 bytes were asked for, \d+ bytes are free/ })
  }
  t.equal((await forward(0)).status, 200)
  const after = await server.ask<Status>('GET', '/v1/runtime')
  t.match(after, { engine: before.engine, memory: { tensors: before.memory.tensors } })
})

t.test('a failed library on a device that works otherwise fails the request alone', async t => {
  const { status, body } = await forward(3)
  t.equal(status, 422)
  t.equal(body.code, 'forward_failed')
  t.match(await server.ask('GET', '/v1/runtime'), { engine: { restarts: 0 } })
})

t.test('a poisoned device answers the request, and the model is there again on another engine', async t => {
  const expected = (await forward(7)).body.outputs
  const pid = server.enginePid()
  const ready = server.process.log.find(line => line.msg === 'engine is ready' && line.pid !== pid)
  const { status, headers, body } = await forward(2)
  t.equal(status, 503)
  t.equal(headers['retry-after'], '5')
  t.match(body, { code: 'device_failed', detail: /CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered\. The engine starts anew/ })
  const down = await server.process.log.find(line => line.msg === 'engine ended unexpectedly')
  t.equal(down['reason'], 'its device failed')
  await ready
  t.same((await forward(7)).body.outputs, expected)
  t.match(await server.ask('GET', '/v1/runtime'), { engine: { restarts: 1, state: 'ready' } })
})
