/** gRPC of a real server: the numbers of HTTP, and which ports it takes. */
import { createServer } from 'node:net'
import t from 'tap'
import { connect, freePort } from '../grpc/harness.ts'
import { infer } from './inferences.ts'
import { ServerProcess, startServer, temporaryFolder } from './server.ts'

t.setTimeout(120_000)

interface Output { readonly contents: { readonly fp32_contents: number[] } }
interface Inferred { readonly model_version: string, readonly outputs: readonly Output[] }

t.test('an inference gives the numbers of HTTP, of the live network and of a checkpoint', async t => {
  const port = await freePort()
  const server = await startServer(t, { env: { BLOCKSERVE_GRPC_PORT: String(port) } })
  await server.ask('POST', '/v1/models', { name: 'm', seed: 0, architecture: { type: 'Dense', units: 4, in_units: 3 } })
  await server.ask('POST', '/v1/models/m/initialize')
  await server.ask('POST', '/v1/models/m/checkpoints')
  await server.ask('PATCH', '/v1/models/m/parameters/dense0_bias/data', { slice: ':', add: 1 })
  const { ask } = connect(t, `127.0.0.1:${port}`)
  for (const version of [0, 1]) {
    const { rows: [expected] } = await infer(server, 'm', [[1, 2, 3]], { version })
    const inputs = [{ name: 'data', datatype: 'FP32', shape: [1, 3], contents: { fp32_contents: [1, 2, 3] } }]
    const answer = await ask<Inferred>('ModelInfer', { model_name: 'm', model_version: String(version), inputs })
    const found = answer.outputs[0]?.contents.fp32_contents.map(Math.fround)
    t.same([answer.model_version, found], [String(version), expected?.map(Math.fround)])
  }
  t.same(await server.stop(), { code: 0, signal: null })
})

t.test('a chosen port that is taken ends the start with a message; where the default is taken there is a warning', async t => {
  const port = await freePort()
  const taken = createServer()
  await new Promise<void>(resolve => { taken.listen(port, '127.0.0.1', resolve) })
  const other = createServer()
  // Whoever has it, it is taken.
  await new Promise<void>(resolve => { other.once('error', () => { resolve() }).listen(8081, '127.0.0.1', resolve) })
  t.teardown(() => { taken.close(); other.close() })
  const refused = new ServerProcess(await temporaryFolder(t), { BLOCKSERVE_GRPC_PORT: String(port) })
  t.same(await refused.gone, { code: 1, signal: null })
  t.match(refused.stderr, new RegExp(`127.0.0.1.*${port}`))
  const server = await startServer(t, { env: { BLOCKSERVE_GRPC_PORT: '' } })
  t.match(server.process.log.lines.find(({ level }) => level === 40), { msg: /no gRPC, because its default port cannot be used/ })
})
