/** The yardstick: a bare Fastify route that parses the same JSON body and answers ten numbers. Prints its address. */
import Fastify from 'fastify'

const app = Fastify({ bodyLimit: 64 * 1024 * 1024 })
const answer = { outputs: [{ shape: [1, 10], dtype: 'float32', data: Array.from({ length: 10 }, (_, i) => i / 8) }] }

app.post<{ Body: { inputs: unknown[] } }>('/forward', async ({ body }) => {
  if (body.inputs.length !== 1) throw new Error('one input is expected')
  return answer
})
process.stdout.write(`${await app.listen({ host: '127.0.0.1', port: 0 })}\n`)
