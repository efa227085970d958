/** Calls that open, and do not send what they are about. */
import { Client, credentials, status, type ClientWritableStream, type ServiceError } from '@grpc/grpc-js'
import t, { type Test } from 'tap'
import { loadDefinition, serviceIn } from '../../src/grpc/definition.ts'
import { holdReply, rig } from './harness.ts'

const REFLECTION = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo'
const METHOD = serviceIn(loadDefinition())['ModelReady']
const asIs = (bytes: Buffer): Buffer => bytes
const WHOLE = METHOD?.requestSerialize({ name: 'm' }) ?? Buffer.alloc(0)

interface Opened { readonly call: ClientWritableStream<Buffer>, readonly ended: Promise<ServiceError | null> }

/** A client that opens a call and sends what it likes, when it likes. */
function opener (t: Test, address: string): () => Opened {
  const client = new Client(address, credentials.createInsecure())
  t.teardown(() => { client.close() })
  return () => {
    let end: (error: ServiceError | null) => void
    const ended = new Promise<ServiceError | null>(resolve => { end = resolve })
    const call = client.makeClientStreamRequest(METHOD?.path ?? '', asIs, asIs, error => { end(error) })
    return { call, ended }
  }
}

t.test('a call that never sends its message, or never ends it, is over at the request timeout', async t => {
  const r = await rig(t, { BLOCKSERVE_REQUEST_TIMEOUT_MS: '50' })
  r.dataplane.reply = () => ({ output: { ready: true } })
  const open = opener(t, r.address)
  const silent = open()
  const openEnded = open()
  openEnded.call.write(WHOLE)
  for (const { ended } of [silent, openEnded]) {
    const error = await ended
    t.match(error, { code: status.DEADLINE_EXCEEDED, details: /did not arrive whole within 50 ms/ })
    t.same(error?.metadata.get('blockserve-code'), ['request_timeout'])
  }
  t.same(r.dataplane.calls, [], 'no method began')
  t.match(await r.ask('ModelReady', { name: 'm' }), { ready: true })
})

t.test('a call whose message arrived in time may take longer than that to answer', async t => {
  const r = await rig(t, { BLOCKSERVE_REQUEST_TIMEOUT_MS: '100' })
  const { arrived, release } = holdReply(r)
  const answer = r.ask('ModelReady', { name: 'm' })
  await arrived
  // It is opened later, so its time is over later.
  await opener(t, r.address)().ended
  release()
  t.match(await answer, { ready: true })
})

t.test('a stream counts as arrived with its first message', async t => {
  const r = await rig(t, { BLOCKSERVE_REQUEST_TIMEOUT_MS: '100' })
  const client = new Client(r.address, credentials.createInsecure())
  t.teardown(() => { client.close() })
  const stream = client.makeBidiStreamRequest(REFLECTION, asIs, asIs)
  const answered = (): Promise<Buffer> => new Promise((resolve, reject) => { stream.once('data', resolve).once('error', reject) })
  // list_services, member 7, is any text.
  const list = Buffer.from([0x3a, 1, 0x2a])
  stream.write(list)
  await answered()
  await opener(t, r.address)().ended
  stream.write(list)
  t.match((await answered()).toString('latin1'), /inference.GRPCInferenceService/)
  stream.end()
})

t.test('a server that stops says so to calls that have sent nothing, and does not wait for them', async t => {
  const r = await rig(t)
  r.dataplane.reply = () => ({ output: { ready: true } })
  const open = opener(t, r.address)
  const silent = open()
  const whole = open()
  whole.call.end(WHOLE)
  t.equal(await whole.ended, null, 'the server has seen what was opened before, too')
  await r.server.stop(600_000)
  t.match(await silent.ended, { code: status.UNAVAILABLE, details: /stopping/ })
})
