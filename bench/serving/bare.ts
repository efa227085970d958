/**
 * The yardstick: a bare Fastify route that parses the same body and answers ten numbers in the same form. Prints its address.
 * JSON is parsed by Fastify; of a binary body the floats are taken, without a look at its JSON.
 */
import Fastify from 'fastify'

interface Request { readonly inputs: ReadonlyArray<{ readonly data: number[] }> }

const app = Fastify({ bodyLimit: 64 * 1024 * 1024 })
const ten = Float32Array.from({ length: 10 }, (_, i) => i / 8 + 0.049951171875)
const output = { name: 'output', datatype: 'FP32', shape: [1, 10] }

const floats = (body: Buffer, start: number): Float32Array =>
  new Float32Array((body.buffer as ArrayBuffer).slice(body.byteOffset + start, body.byteOffset + body.length))

app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) => { done(null, body) })

app.post<{ Body: Request }>('/json', async ({ body: { inputs: [input] } }) => {
  if (input?.data.length !== 784) throw new Error('784 numbers are expected')
  return { model_name: 'mlp', outputs: [{ ...output, data: Array.from(ten) }] }
})

app.post<{ Body: Buffer }>('/binary', async ({ body, headers }, reply) => {
  if (floats(body, Number(headers['inference-header-content-length'])).length !== 784) throw new Error('784 numbers are expected')
  const head = Buffer.from(JSON.stringify({ model_name: 'mlp', outputs: [{ ...output, parameters: { binary_data_size: ten.byteLength } }] }))
  reply.headers({ 'content-type': 'application/octet-stream', 'inference-header-content-length': head.length })
  return Buffer.concat([head, Buffer.from(ten.buffer)])
})

process.stdout.write(`${await app.listen({ host: '127.0.0.1', port: 0 })}\n`)
