import { credentials, loadPackageDefinition, status, type GrpcObject, type ServiceClientConstructor } from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'
import { service as healthService } from 'grpc-health-check'
import { makeClientConstructor } from '@grpc/grpc-js'
import t, { type Test } from 'tap'
import { readConfig } from '../../src/config.ts'
import { startGrpc } from '../../src/grpc/server.ts'
import { holdReply, rig } from './harness.ts'

t.test('every method asks its operation, with the model, the version and what the message says beside', async t => {
  const r = await rig(t)
  const cases: ReadonlyArray<[string, object, object, string, object, object]> = [
    ['ModelReady', { name: 'm' }, { ready: true }, 'modelReady', { model: 'm' }, { ready: true }],
    ['ModelReady', { name: 'm', version: '2' }, { ready: false }, 'modelReady', { model: 'm', version: 2 }, { ready: false }],
    ['ServerMetadata', {}, { name: 'blockserve', version: '1', extensions: ['x'] }, 'serverMetadata', {}, { name: 'blockserve', extensions: ['x'] }],
    ['ModelMetadata', { name: 'm' }, { name: 'm', versions: ['0'], platform: 'p', inputs: [{ name: 'data', datatype: 'FP32', shape: [-1, 3] }], outputs: [] },
      'modelMetadata', { model: 'm' }, { inputs: [{ name: 'data', datatype: 'FP32', shape: ['-1', '3'] }] }],
    ['ModelConfig', { name: 'm' }, { name: 'm', max_batch_size: 8, input: [{ name: 'data', data_type: 'TYPE_FP32', dims: [3] }], version_policy: { all: {} } },
      'modelConfig', { model: 'm' }, { config: { max_batch_size: 8, input: [{ data_type: 'TYPE_FP32', dims: ['3'] }] } }],
    ['ModelStatistics', {}, { model_stats: [{ name: 'm', last_inference: 1764388888888 }] }, 'modelStatistics', {},
      { model_stats: [{ name: 'm', last_inference: '1764388888888' }] }],
    ['RepositoryIndex', { ready: true }, [{ name: 'm', version: '0', state: 'READY', reason: '' }], 'repositoryIndex', { ready: true },
      { models: [{ name: 'm', state: 'READY' }] }],
    ['RepositoryModelLoad', { model_name: 'm', parameters: { config: { string_param: '{"version_policy":{"specific":{"versions":[2]}}}' } } }, null as unknown as object,
      'repositoryModelLoad', { model: 'm', versions: [2] }, { model_name: 'm', isLoaded: true }],
    ['RepositoryModelLoad', { repository_name: 'm' }, null as unknown as object, 'repositoryModelLoad', { model: 'm' }, { isLoaded: true }],
    ['RepositoryModelUnload', { model_name: 'm' }, null as unknown as object, 'repositoryModelUnload', { model: 'm' }, { isUnloaded: true }]
  ]
  for (const [method, request, output, operation, input, answer] of cases) {
    r.dataplane.reply = () => ({ output }) as never
    t.match(await r.ask(method, request), answer, method)
    t.match(r.dataplane.last, { operation, input })
  }
})

t.test('the server is live always, ready with its engine', async t => {
  const r = await rig(t)
  t.same([await r.ask('ServerLive', {}), await r.ask('ServerReady', {})], [{ live: true }, { ready: true }])
  r.state = 'restarting'
  t.same([await r.ask('ServerLive', {}), await r.ask('ServerReady', {})], [{ live: true }, { ready: false }])
})

function healthOf (t: Test, address: string): (name: string) => Promise<string> {
  const client = new (makeClientConstructor(healthService as never, 'Health'))(address, credentials.createInsecure())
  t.teardown(() => { client.close() })
  return service => new Promise((resolve, reject) => {
    (client['check'] as unknown as (request: object, done: (error: Error | null, answer: { status: string }) => void) => void)
      .call(client, { service }, (error, answer) => { if (error === null) resolve(answer.status); else reject(error) })
  })
}

t.test('the standard health service knows the server and its service, and no other', async t => {
  const r = await rig(t)
  const check = healthOf(t, r.address)
  t.same([await check(''), await check('inference.GRPCInferenceService')], ['SERVING', 'SERVING'])
  await t.rejects(check('other'), { code: status.NOT_FOUND })
})

/** As much of the reflection protocol as lists services. */
const REFLECTION = fromJSON({
  nested: {
    grpc: {
      nested: {
        reflection: {
          nested: {
            v1: {
              nested: {
                ServerReflection: { methods: { ServerReflectionInfo: { requestType: 'Request', requestStream: true, responseType: 'Response', responseStream: true, comment: '' } } },
                Request: { fields: { listServices: { type: 'string', id: 7 } } },
                Response: { fields: { listServicesResponse: { type: 'List', id: 6 } } },
                List: { fields: { service: { rule: 'repeated', type: 'Service', id: 1 } } },
                Service: { fields: { name: { type: 'string', id: 1 } } }
              }
            }
          }
        }
      }
    }
  }
})

t.test('reflection lists the service', async t => {
  const r = await rig(t)
  const { grpc } = loadPackageDefinition(REFLECTION) as unknown as { grpc: { reflection: { v1: GrpcObject } } }
  const client = new (grpc.reflection.v1['ServerReflection'] as ServiceClientConstructor)(r.address, credentials.createInsecure())
  t.teardown(() => { client.close() })
  const stream = (client['ServerReflectionInfo'] as unknown as () => NodeJS.ReadWriteStream).call(client)
  const answer = new Promise<{ listServicesResponse: { service: Array<{ name: string }> } }>((resolve, reject) => {
    stream.once('data', resolve as (data: unknown) => void)
    stream.once('error', reject)
  })
  ;(stream as unknown as { write: (message: object) => void }).write({ listServices: '*' })
  t.ok((await answer).listServicesResponse.service.some(({ name }) => name === 'inference.GRPCInferenceService'))
  stream.end()
})

t.test('a port that is taken cannot be listened on, and the error says so', async t => {
  const r = await rig(t)
  const port = Number(r.address.split(':')[1])
  const log = { info: () => {}, error: () => {} }
  await t.rejects(startGrpc({ config: readConfig({}), port, dataplane: r.dataplane, state: () => 'ready', log }), { code: 'grpc_address_unusable', message: /the port is in use/ })
})

t.test('names that are long, or cut through a character, are answered, and the next call too', async t => {
  const r = await rig(t)
  const check = healthOf(t, r.address)
  for (const name of [`x${'😀'.repeat(150)}`, '\u{1F600}'.repeat(40_000)]) {
    await t.rejects(r.ask('ModelReady', { name }), { code: status.INVALID_ARGUMENT })
    await t.rejects(check(name), { code: status.NOT_FOUND })
  }
  t.same(await r.ask('ServerLive', {}), { live: true })
})

t.test('a stop does not wait for whoever watches the health service', async t => {
  const r = await rig(t)
  const client = new (makeClientConstructor(healthService as never, 'Health'))(r.address, credentials.createInsecure())
  t.teardown(() => { client.close() })
  const watching = (client['watch'] as unknown as (request: object) => NodeJS.ReadableStream).call(client, { service: '' })
  watching.on('error', () => {})
  t.match(await new Promise(resolve => { watching.once('data', resolve) }), { status: 'SERVING' })
  const never = new Promise(() => {})
  t.equal(await Promise.race([r.server.stop(600_000).then(() => 'stopped'), never]), 'stopped')
})

t.test('a server that stops finishes what is on its way', async t => {
  const r = await rig(t)
  const { arrived, release } = holdReply(r)
  const working = r.ask('ModelReady', { name: 'm' })
  await arrived
  const stopped = r.server.stop(60_000)
  release()
  t.match(await working, { ready: true })
  await stopped
})
