/** What only real sockets show. */
import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import type { Test } from 'tap'
import { fakeApp } from './fake-dataplane.ts'

async function listen (t: Test, environment: Record<string, string> = {}) {
  const fake = await fakeApp(t, {}, environment)
  await fake.app.listen({ host: '127.0.0.1', port: 0 })
  return { ...fake, port: (fake.app.server.address() as AddressInfo).port }
}

async function dial (port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

async function say (port: number, ...lines: string[]): Promise<{ status: number, headers: string, body: string }> {
  const socket = await dial(port)
  socket.write(lines.join('\r\n') + '\r\n\r\n')
  const [headers = '', body = ''] = (await text(socket)).split('\r\n\r\n')
  return { status: Number(headers.split(' ')[1]), headers, body }
}

t.test('dots that a client encodes do not climb out of their place', async t => {
  const { port, dataplane } = await listen(t)
  for (const name of ['%2e%2e', '..', '%2e', '%2e%2e%2f%2e%2e', '..%5c']) {
    const { status, body } = await say(port, `GET /v1/models/${name} HTTP/1.1`, 'Host: x', 'Connection: close')
    t.same([status, (JSON.parse(body) as { code: string }).code], [400, 'invalid_name'], name)
  }
  t.equal(dataplane.calls.length, 0)
})

t.test('what is no HTTP is answered with a problem', async t => {
  const { port } = await listen(t)
  const cases = [
    [['NONSENSE'], 400, 'malformed_http'],
    [['GET / HTTP/1.1', 'Host: x', `X: ${'y'.repeat(20_000)}`], 431, 'headers_too_large'],
    [['POST /v1/models HTTP/1.1', 'Host: x', 'Content-Length: -1'], 400, 'malformed_http'],
    [['POST /v1/models HTTP/1.1', 'Host: x', 'Content-Length: 3', 'Transfer-Encoding: chunked'], 400, 'malformed_http']
  ] as const
  for (const [lines, status, code] of cases) {
    const answer = await say(port, ...lines)
    t.equal(answer.status, status)
    t.match(answer.headers, /content-type: application\/problem\+json/i)
    t.match(JSON.parse(answer.body), { status, code })
  }
})

t.test('a body larger than allowed is refused by its length, before it is sent', async t => {
  const { port } = await listen(t, { BLOCKSERVE_MAX_BODY_BYTES: '1024' })
  const { status, body } = await say(port, 'POST /v1/models HTTP/1.1', 'Host: x', 'Content-Type: application/json', 'Content-Length: 99999999999')
  t.same([status, (JSON.parse(body) as { code: string }).code], [413, 'body_too_large'])
})

t.test('a body of exactly the limit is read, chunked or not; one byte more is not', async t => {
  const { app } = await listen(t, { BLOCKSERVE_MAX_BODY_BYTES: '1024' })
  const url = `${app.listeningOrigin}/v1/models/m/initialize`
  const send = async (bytes: number, chunked: boolean): Promise<number> => {
    const body = '{}'.padEnd(bytes)
    const parts = chunked ? new Blob([body]).stream() : body
    return (await fetch(url, { method: 'POST', body: parts, headers: { 'content-type': 'application/json' }, duplex: 'half' } as RequestInit)).status
  }
  for (const chunked of [false, true]) t.same([await send(1024, chunked), await send(1025, chunked)], [200, 413])
})

t.test('a client that goes away aborts the signal of its request', async t => {
  const { port, dataplane } = await listen(t)
  const aborted = new Promise<void>((resolve, reject) => {
    dataplane.reply = async ({ context: { signal } }) => {
      if (signal.aborted) reject(new Error('aborted before the client left'))
      signal.addEventListener('abort', () => resolve())
      socket.destroy()
      await aborted
      return { output: {} }
    }
  })
  const socket = await dial(port)
  socket.write('POST /v1/models/m/forward HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"inputs":[]}')
  await aborted
})

t.test('an answered request does not abort its signal', async t => {
  const { app, dataplane } = await listen(t)
  dataplane.reply = async ({ context: { signal } }) => {
    await new Promise(resolve => setImmediate(resolve))
    return { output: { aborted: signal.aborted } }
  }
  const response = await fetch(`${app.listeningOrigin}/v1/models/m/forward`, {
    method: 'POST', body: '{"inputs":[]}', headers: { 'content-type': 'application/json' }
  })
  t.same(await response.json(), { aborted: false })
  t.equal(dataplane.last.context.signal.aborted, false)
})

t.test('while it stops, the request in flight is finished and its connection ends, kept alive or not', async t => {
  const { app, port, dataplane } = await listen(t)
  const socket = await dial(port)
  const answered = text(socket)
  const closed = new Promise<void>(resolve => {
    dataplane.reply = async () => {
      app.close().then(() => resolve(), () => resolve())
      await new Promise(resolve => setImmediate(resolve))
      return { output: { finished: true } }
    }
  })
  socket.write('GET /v1/runtime HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n')
  t.match(await answered, /connection: close[^]*finished/i)
  await closed
})
