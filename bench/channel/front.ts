/**
 * The spike's front: bare Fastify routes beside routes that ask an engine. Arguments: carrier, batches in flight, flush.
 * The carrier `product` is the engine of the product itself, which decides the rest.
 */
import Fastify, { type FastifyReply } from 'fastify'
import { startEngine, type Carrier } from './carriers.ts'
import { ask } from './product.ts'
import type { Item } from './frame.ts'

interface Vector { readonly data: number[] }

const [carrier, depth, flush] = process.argv.slice(2) as [Carrier | 'product', string, 'immediate' | 'now']
const LARGEST = 32
const waiting: Item[] = []
const replies = new Map<number, FastifyReply>()
let next = 0
let inFlight = 0
let scheduled = false

const engine = carrier === 'product'
  ? undefined
  : startEngine(carrier, items => {
    for (const { id, values } of items) {
      const reply = replies.get(id)
      replies.delete(id)
      if (reply !== undefined) respond(reply, values)
    }
    inFlight--
    pump()
  })

function respond (reply: FastifyReply, values: Float32Array): void {
  if (reply.request.url === '/json') reply.send({ data: Array.from(values) })
  else reply.type('application/octet-stream').send(Buffer.from(values.buffer, values.byteOffset, values.byteLength))
}

function pump (): void {
  scheduled = false
  while (waiting.length > 0 && inFlight < Number(depth)) {
    inFlight++
    engine?.send(waiting.splice(0, LARGEST))
  }
}

const product = carrier === 'product' ? await ask() : undefined

function call (values: Float32Array, reply: FastifyReply): void {
  if (product !== undefined) {
    product(values).then(output => { respond(reply, output) }, (error: unknown) => { reply.send(error) })
    return
  }
  const id = next++
  replies.set(id, reply)
  waiting.push({ id, values })
  if (flush === 'now') pump()
  else if (!scheduled && inFlight < Number(depth)) {
    scheduled = true
    setImmediate(pump)
  }
}

const floats = (body: Buffer): Float32Array =>
  body.byteOffset % 4 === 0
    ? new Float32Array(body.buffer as ArrayBuffer, body.byteOffset, body.length / 4)
    : new Float32Array(body.buffer.slice(body.byteOffset, body.byteOffset + body.length) as ArrayBuffer)

const app = Fastify({ bodyLimit: 1 << 20 })
const ten = new Float32Array(10).fill(0.49951171875)
app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) => { done(null, body) })
app.post('/bare/json', (_request, reply) => { reply.send({ data: Array.from(ten) }) })
app.post('/bare/binary', (_request, reply) => { reply.type('application/octet-stream').send(Buffer.from(ten.buffer)) })
app.post<{ Body: Vector }>('/json', (request, reply) => { call(new Float32Array(request.body.data), reply) })
app.post<{ Body: Buffer }>('/binary', (request, reply) => { call(floats(request.body), reply) })
process.stdout.write(`${await app.listen({ port: 0 })}\n`)
