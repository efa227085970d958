import { Metadata, status } from '@grpc/grpc-js'
import fc from 'fast-check'
import t from 'tap'
import { problem, type ErrorCode } from '../../src/errors.ts'
import type { InferenceInput } from '../../src/operations/schemas/inference.ts'
import { hostTensor } from '../../src/tensor.ts'
import { rig, type Rig } from './harness.ts'

const MEASURED = { input_ns: 0, infer_ns: 0, output_ns: 0, rows: 1, batch: 1, leads: true }
const OUTPUT = { name: 'output', tensor: hostTensor('float32', [1, 2], Float32Array.of(1.5, -2)) }
const answering = ({ dataplane }: Rig): void => {
  dataplane.reply = () => ({ output: { model: 'm', version: 3, outputs: [OUTPUT], measured: MEASURED } })
}

const tensor = (datatype: string, shape: number[], contents: object = {}): object => ({ name: 'data', datatype, shape, contents })
const VALUES = tensor('FP32', [2], { fp32_contents: [1, 2] })
const bytesSent = ({ dataplane }: Rig): Buffer => Buffer.concat((dataplane.last.input.inputs as InferenceInput[])[0]?.parts ?? [])

t.test('typed elements of every datatype reach the data plane as their bytes, and the answer is typed', async t => {
  const r = await rig(t)
  answering(r)
  const cases: ReadonlyArray<[string, object, ArrayBufferView]> = [
    ['BOOL', { bool_contents: [true, false] }, Uint8Array.of(1, 0)],
    ['INT8', { int_contents: [-128, 127] }, Int8Array.of(-128, 127)],
    ['INT16', { int_contents: [-32768, 1] }, Int16Array.of(-32768, 1)],
    ['INT32', { int_contents: [-5, 6] }, Int32Array.of(-5, 6)],
    ['INT64', { int64_contents: ['-9223372036854775808', '9007199254740993'] }, BigInt64Array.of(-(2n ** 63n), 9007199254740993n)],
    ['UINT8', { uint_contents: [0, 255] }, Uint8Array.of(0, 255)],
    ['UINT16', { uint_contents: [0, 65535] }, Uint16Array.of(0, 65535)],
    ['UINT32', { uint_contents: [0, 4294967295] }, Uint32Array.of(0, 4294967295)],
    ['UINT64', { uint64_contents: ['0', '18446744073709551615'] }, BigUint64Array.of(0n, 2n ** 64n - 1n)],
    ['FP32', { fp32_contents: [NaN, -Infinity] }, Float32Array.of(NaN, -Infinity)],
    ['FP64', { fp64_contents: [0.1, 1e300] }, Float64Array.of(0.1, 1e300)]
  ]
  for (const [datatype, contents, expected] of cases) {
    const answer = await r.ask('ModelInfer', { model_name: 'm', id: 'é', inputs: [tensor(datatype, [2], contents)] })
    t.same(bytesSent(r), Buffer.from(expected.buffer), datatype)
    t.match(answer, {
      model_name: 'm',
      model_version: '3',
      id: 'é',
      raw_output_contents: [],
      outputs: [{ name: 'output', datatype: 'FP32', shape: ['1', '2'], contents: { fp32_contents: [1.5, -2] } }]
    })
  }
})

t.test('raw elements reach the data plane as they are, and the answer is raw', async t => {
  const r = await rig(t)
  answering(r)
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async bytes => {
    const answer = await r.ask<{ raw_output_contents: Buffer[] }>('ModelInfer', {
      model_name: 'm', inputs: [{ name: 'data', datatype: 'UINT8', shape: [bytes.length] }], raw_input_contents: [bytes]
    })
    return Buffer.compare(bytesSent(r), bytes) === 0 && answer.raw_output_contents[0]?.length === 8
  }), { numRuns: 30 })
})

t.test('what cannot be is INVALID_ARGUMENT with a message that says why, and the next call is answered', async t => {
  const r = await rig(t)
  answering(r)
  const cases: ReadonlyArray<[object, RegExp]> = [
    [{ inputs: [tensor('FP32', [3], { fp32_contents: [1] })] }, /has 1 elements, but the shape holds 3/],
    [{ inputs: [tensor('FP32', [1], { int_contents: [1] })] }, /int_contents is there, but elements of FP32 belong into fp32_contents/],
    [{ inputs: [tensor('INT8', [1], { int_contents: [128] })] }, /is 128, but INT8 holds -128 to 127/],
    [{ inputs: [tensor('FP16', [1], {})] }, /send them as raw_input_contents/],
    [{ inputs: [tensor('BYTES', [1], { bytes_contents: [Buffer.from('x')] })] }, /networks take numbers/],
    [{ inputs: [tensor('FLOAT', [1], {})] }, /must be one of BOOL/],
    [{ inputs: [tensor('FP32', [-1], {})] }, /a dimension is a whole number from 0/],
    [{ inputs: [tensor('FP32', [2 ** 30, 2 ** 20], {})] }, /elements/],
    [{ inputs: [VALUES], raw_input_contents: [Buffer.alloc(8)] }, /is there beside raw_input_contents/],
    [{ inputs: [tensor('FP32', [2])], raw_input_contents: [Buffer.alloc(8), Buffer.alloc(8)] }, /has 2 parts for 1 inputs/],
    [{ inputs: [tensor('FP32', [2])], raw_input_contents: [Buffer.alloc(7)] }, /is 7, but shape \(2,\) of FP32 takes 8 bytes/],
    [{ inputs: [VALUES, VALUES] }, /names 'data', which came before/],
    [{ inputs: [VALUES], parameters: { sequence_id: { int64_param: 4 } } }, /sequence/],
    [{ inputs: [VALUES], parameters: { timeout: { string_param: 'soon' } } }, /must be a whole number from 0/],
    [{ inputs: [{ ...VALUES, parameters: { shared_memory_region: { string_param: 'r' } } }] }, /no shared memory/],
    [{ inputs: [VALUES], model_version: 'one' }, /a version is 0 for the live network/],
    [{ inputs: [VALUES], model_name: '../m' }, /not a valid name/],
    [{ inputs: [VALUES], model_name: '' }, /not a valid name/]
  ]
  for (const [request, says] of cases) {
    await t.rejects(r.ask('ModelInfer', { model_name: 'm', ...request }), { code: status.INVALID_ARGUMENT, details: says })
    await r.ask('ModelInfer', { model_name: 'm', inputs: [VALUES] })
  }
})

t.test('errors of the product are statuses, with their code and when to try again', async t => {
  const r = await rig(t)
  const cases: ReadonlyArray<[ErrorCode, status]> = [
    ['model_not_found', status.NOT_FOUND], ['queue_full', status.RESOURCE_EXHAUSTED], ['engine_unavailable', status.UNAVAILABLE],
    ['deadline_exceeded', status.DEADLINE_EXCEEDED], ['not_initialized', status.FAILED_PRECONDITION], ['wrong_input_shape', status.INVALID_ARGUMENT],
    ['device_out_of_memory', status.RESOURCE_EXHAUSTED]
  ]
  for (const [code, expected] of cases) {
    r.dataplane.reply = () => { throw problem(code, {}, { retryAfter: 1.5 }) }
    const error = await r.ask('ModelInfer', { model_name: 'm', inputs: [VALUES] }).catch((error: unknown) => error) as { code: status, metadata: Metadata }
    t.equal(error.code, expected, code)
    t.same([error.metadata.get('blockserve-code'), error.metadata.get('grpc-retry-pushback-ms')], [[code], ['1500']])
  }
  r.dataplane.reply = () => { throw new TypeError('a secret') }
  await t.rejects(r.ask('ModelInfer', { model_name: 'm', inputs: [VALUES] }), { code: status.INTERNAL, details: 'Something went wrong that should not have.' })
})

t.test('deadline, timeout, priority and request id of a call reach the data plane', async t => {
  const r = await rig(t, { BLOCKSERVE_REQUEST_TIMEOUT_MS: '30000' })
  answering(r)
  const metadata = new Metadata()
  metadata.set('x-request-id', 'trace-1')
  const before = Date.now()
  const parameters = { priority: { uint64_param: 7 }, timeout: { int64_param: 2_000_000 } }
  await r.ask('ModelInfer', { model_name: 'm', inputs: [VALUES], parameters }, { metadata })
  t.match(r.dataplane.last.context, { requestId: 'trace-1', priority: 7 })
  t.ok(r.dataplane.last.context.deadline - before <= 2_100, 'the timeout, which is in microseconds')
  await r.ask('ModelInfer', { model_name: 'm', inputs: [VALUES] }, { deadline: 5_000 })
  t.ok(r.dataplane.last.context.deadline - Date.now() <= 5_100, 'the deadline of the call')
  t.match(r.log.at(-2), { method: 'ModelInfer', model: 'm', code: 'ok', text: 'call' })
})

t.test('a call that is cancelled aborts what it asked for', async t => {
  const r = await rig(t)
  let seen = (): void => {}
  const arrived = new Promise<void>(resolve => { seen = resolve })
  const aborted = new Promise<void>(resolve => {
    r.dataplane.reply = ({ context: { signal } }) => new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => { resolve(); reject(problem('client_gone')) })
      seen()
    })
  })
  const call = r.begin('ModelInfer', { model_name: 'm', inputs: [VALUES] })
  await arrived
  call.cancel()
  await t.rejects(call.ended, { code: status.CANCELLED })
  await aborted
})

t.test('a message larger than a body may be is refused', async t => {
  const r = await rig(t, { BLOCKSERVE_MAX_BODY_BYTES: '1024' })
  answering(r)
  const send = (bytes: number) => r.ask('ModelInfer', {
    model_name: 'm', inputs: [{ name: 'data', datatype: 'UINT8', shape: [bytes] }], raw_input_contents: [Buffer.alloc(bytes)]
  })
  await t.rejects(send(100_000), { code: status.RESOURCE_EXHAUSTED })
  await send(1000)
})
