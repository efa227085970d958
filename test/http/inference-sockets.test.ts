/** The Open Inference Protocol over real sockets. */
import { once } from 'node:events'
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import type { Test } from 'tap'
import { problem } from '../../src/errors.ts'
import type { FakeDataplane } from './fake-dataplane.ts'
import { INFER, INPUT, openApp } from './inference-app.ts'

interface Sent { readonly status: number | undefined, readonly body: string }

/** One request over a real socket; the body is written piece by piece. */
async function send (url: string, pieces: readonly Buffer[], headers: Record<string, string>): Promise<Sent> {
  const sent = httpRequest(url, { method: 'POST', headers })
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>
  sent.on('error', () => {})
  for (const piece of pieces) sent.write(piece)
  sent.end()
  const [response] = await answered
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return { status: response.statusCode, body: Buffer.concat(chunks).toString() }
}

async function listening (t: Test, environment: Record<string, string>): Promise<{ url: string, dataplane: FakeDataplane }> {
  const { app, dataplane } = await openApp(t, environment)
  await app.listen({ host: '127.0.0.1', port: 0 })
  return { url: app.listeningOrigin + INFER, dataplane }
}

t.test('a body may come in very many chunks, and is refused as soon as it is too large', async t => {
  const { url, dataplane } = await listening(t, { BLOCKSERVE_MAX_BODY_BYTES: '200000' })
  const described = { ...INPUT, shape: [1, 2000], data: undefined, parameters: { binary_data_size: 8000 } }
  const json = Buffer.from(JSON.stringify({ inputs: [described] }))
  const whole = Buffer.concat([json, Buffer.alloc(8000, 3)])
  const bytes = Array.from(whole, byte => Buffer.of(byte))
  t.equal((await send(url, bytes, { 'inference-header-content-length': String(json.length) })).status, 200)
  const { inputs: [input] } = dataplane.last.input as { inputs: Array<{ parts: Buffer[] }> }
  t.ok(Buffer.concat(input?.parts ?? []).equals(Buffer.alloc(8000, 3)))
  t.ok((input?.parts.length ?? 99) < 10, 'tiny chunks are put together')
  const tooMany = await send(url, Array.from({ length: 20 }, () => Buffer.alloc(20_000)), {})
  t.same([tooMany.status, tooMany.body], [413, '{"error":"The body is larger than 200000 bytes."}'])
  const announced = await send(url, [], { 'content-length': '99999999999' }).catch((error: unknown) => error)
  t.match(announced, { status: 413 }, 'by its length, before it is sent')
  t.equal((await send(url, [json.subarray(0, 10)], {})).status, 400, 'cut short')
  t.equal((await send(url, [whole], { 'inference-header-content-length': String(json.length) })).status, 200, 'the next one is answered')
})

t.test('an inference that a full queue refuses is answered before its body is read, and the connection goes on', async t => {
  const { url, dataplane } = await listening(t, {})
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => { agent.destroy() })
  dataplane.admit = (operation, target) => {
    t.equal(operation.name, 'modelInfer')
    t.same(target, { model: 'm' })
    throw problem('queue_full', { model: 'm', limit: 16 }, { retryAfter: 1 })
  }
  const sent = httpRequest(url, { method: 'POST', agent, headers: { 'content-length': '1000000' } })
  sent.write('{')
  const [refused] = await once(sent, 'response') as [IncomingMessage]
  t.same([refused.statusCode, refused.headers['retry-after']], [503, '1'])
  t.match(await text(refused), /queue of model 'm' is full/)
  sent.end(Buffer.alloc(999_999))
  dataplane.admit = () => {}
  const next = httpRequest(url, { method: 'POST', agent })
  next.end(JSON.stringify({ inputs: [INPUT] }))
  const [answer] = await once(next, 'response') as [IncomingMessage]
  t.equal(answer.statusCode, 200)
  answer.resume()
  t.equal(dataplane.calls.length, 1, 'nobody was asked about the first')
})

/** What comes back for bytes that are written as they are; the server ends the connection. */
async function sendRaw (url: string, bytes: string): Promise<{ type: string | undefined, body: unknown }> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write(bytes)
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
  return { type: /^content-type: (.*)$/im.exec(head)?.[1], body: JSON.parse(body) }
}

t.test('a body that breaks the rules of HTTP is answered in the form of its path', async t => {
  const { url } = await listening(t, {})
  const broken = (path: string): string => `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`
  const oip = await sendRaw(url, broken(INFER))
  t.equal(oip.type, 'application/json')
  t.match(oip.body, { error: /not valid HTTP/ })
  t.same(Object.keys(oip.body as object), ['error'])
  for (const bytes of [broken('/v1/models'), 'nonsense\r\n\r\n']) {
    const { type, body } = await sendRaw(url, bytes)
    t.match(type, /^application\/problem\+json/)
    t.match(body, { code: 'malformed_http' })
  }
})
