/** KServe's V1 protocol of a real server: the numbers are those of sums over small integers, and nothing hostile stops the next request. */
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { Test } from 'tap'
import type { Answer } from './client.ts'
import { startServer, type Server } from './server.ts'

t.setTimeout(180_000)

const PREDICT = '/v1/models/m:predict'
const WEIGHT = [[1, 2, 3], [0, -1, 4]]
const BIAS = [10, -20]

/** A Dense layer in plain arithmetic: whole numbers, which float32 holds exactly. */
const dense = (row: readonly number[]): number[] =>
  WEIGHT.map((weights, unit) => weights.reduce((sum, weight, i) => sum + weight * (row[i] as number), BIAS[unit] as number))

async function prepared (t: Test, env: Record<string, string> = {}): Promise<Server> {
  const server = await startServer(t, { env })
  await server.ask('POST', '/v1/models', { name: 'm', seed: 0, architecture: { type: 'Dense', units: 2, in_units: 3 } })
  await server.ask('POST', '/v1/models/m/initialize')
  await server.ask('PUT', '/v1/models/m/parameters/weight/data', WEIGHT)
  await server.ask('PUT', '/v1/models/m/parameters/bias/data', BIAS)
  return server
}

const predict = async (server: Server, body: unknown, path = PREDICT): Promise<unknown[]> =>
  (await server.ask<{ predictions: unknown[] }>('POST', path, body)).predictions

t.test('predictions are the rows that the layer gives, one for each instance, in order', async t => {
  const server = await prepared(t)
  const rows = Array.from({ length: 50 }, (_, i) => [i, i * i % 17 - 8, -i])
  t.same(await predict(server, { instances: rows }), rows.map(dense))
  t.same(await predict(server, { inputs: rows }), rows.map(dense))
  t.same(await predict(server, { inputs: { data: rows } }), rows.map(dense))
  t.same(await predict(server, { instances: rows.map(data => ({ data })) }), rows.map(dense))
  const each = await Promise.all(rows.map(row => predict(server, { instances: [row] })))
  t.same(each, rows.map(row => [dense(row)]), 'also of requests at once, which share batches')
})

t.test('of a model with several inputs and outputs each instance and each prediction names them', async t => {
  const server = await startServer(t, { env: { BLOCKSERVE_MODELS: fileURLToPath(new URL('../peers/models', import.meta.url)) } })
  await server.ask('POST', '/v1/models', { name: 'pair', architecture: { type: 'Pair' } })
  const expected = [{ output0: [11, 22], output1: [-9, -18] }, { output0: [7, -1], output1: [-1, 9] }]
  const instances = [{ data0: [1, 2], data1: [10, 20] }, { data1: [4, -5], data0: [3, 4] }]
  t.same(await predict(server, { instances }, '/v1/models/pair:predict'), expected)
  const inputs = { data0: [[1, 2], [3, 4]], data1: [[10, 20], [4, -5]] }
  t.same(await predict(server, { inputs }, '/v1/models/pair:predict'), expected)
  const unnamed = await server.request('POST', '/v1/models/pair:predict', { instances: [[1, 2]] })
  t.match(unnamed, { status: 400, body: { error: /no input 'data'. It has 'data0', 'data1'/ } })
})

const HOSTILE: Readonly<Record<string, { body: unknown, path?: string, status?: number, says: RegExp }>> = {
  'ragged rows': { body: { instances: [[1, 2, 3], [1, 2]] }, says: /\/instances\/1/ },
  'no instances': { body: { instances: [] }, says: /empty/ },
  'empty rows': { body: { instances: [[], []] }, says: /no elements/ },
  'no body': { body: undefined, says: /received nothing/ },
  'text in a row': { body: { instances: [[1, 2, 'x']] }, says: /received "x"/ },
  'rows of another width': { body: { instances: [[1, 2, 3, 4]] }, says: /\(batch, 3\), received \(1, 4\)/ },
  'numbers for rows': { body: { instances: [1, 2, 3] }, says: /received \(3,\)/ },
  'another input': { body: { instances: [{ x: [1, 2, 3] }] }, says: /no input 'x'. It has 'data'/ },
  'one input too many': { body: { instances: [{ data: [1, 2, 3], x: 1 }] }, says: /no input 'x'/ },
  'rows nested 90 deep': { body: `{"instances":${'['.repeat(90)}1${']'.repeat(90)}}`, says: /the most is 6/ },
  'rows nested 100000 deep': { body: `{"instances":${'['.repeat(1e5)}${']'.repeat(1e5)}}`, says: /deeper than 100/ },
  'more elements than are taken': { body: { instances: Array(400).fill([1, 2, 3]) }, says: /more than 1000/ },
  'a million empty rows': { body: `{"instances":[${Array(1e6).fill('[]').join()}]}`, status: 413, says: /larger than/ },
  'a hundred thousand empty objects': { body: `{"instances":[${Array(1e5).fill('{}').join()}]}`, says: /\/instances\/0 is empty/ },
  'a model that is not there': { body: { instances: [[1]] }, path: '/v1/models/nobody:predict', status: 404, says: /no model 'nobody'. The models are: 'm'/ },
  'no name of a model': { body: { instances: [[1]] }, path: '/v1/models/stats:predict', says: /'stats' is not a valid name/ }
}

t.test('what nobody should send is refused, and the next good request is answered as before', async t => {
  const server = await prepared(t, { BLOCKSERVE_MAX_ELEMENTS: '1000', BLOCKSERVE_MAX_BODY_BYTES: '1048576' })
  const engine = server.enginePid()
  for (const [name, { body, path = PREDICT, status = 400, says }] of Object.entries(HOSTILE)) {
    const refused: Answer<{ error: string }> = await server.request('POST', path, body)
    t.equal(refused.status, status, name)
    t.match(refused.body.error, says, name)
    t.same(await predict(server, { instances: [[1, 2, 3]] }), [dense([1, 2, 3])])
  }
  t.equal(server.enginePid(), engine)
})
