import fc from 'fast-check'
import t from 'tap'
import { BlockserveError } from '../../../../src/errors.ts'
import { Body } from '../../../../src/http/wire/oip/body.ts'
import { jsonLengthOf } from '../../../../src/http/wire/oip/json-length.ts'
import { InferenceReader, type InferenceRequest } from '../../../../src/http/wire/oip/request.ts'
import { rawBytes, sampleRequest, sampleTensor, type SampleTensor } from './tensors.ts'

/** One for all tests, as a server has one for all requests: what it remembers must not change what it reads. */
const reader = new InferenceReader({ maxElements: 1000 })

/** NaN has many patterns; the ones JSON cannot tell apart are made one. */
function canonical (tensor: SampleTensor): string {
  const elements = tensor.form === 'binary' ? tensor.elements : tensor.elements.map(element => Number.isNaN(element) ? NaN : element)
  return rawBytes({ ...tensor, elements }).toString('hex')
}

function pieces (whole: Buffer<ArrayBuffer>, places: readonly number[]): Body {
  const ends = [...new Set(places.map(place => place % (whole.length + 1)))].sort((a, b) => a - b)
  return Body.of(...[0, ...ends].map((start, i) => whole.subarray(start, ends[i] ?? whole.length)))
}

const cuts = fc.array(fc.nat(10_000), { maxLength: 8 })

t.test('inputs of any datatype and shape are read from JSON, binary and mixed requests, however the body is cut', async t => {
  const requests = fc.tuple(fc.array(sampleTensor, { maxLength: 4 }), cuts)
  fc.assert(fc.property(requests, ([tensors, places]) => {
    const { json, binary } = sampleRequest(tensors)
    const { id, inputs, raw } = reader.read(pieces(Buffer.concat([json, binary]), places), json.length)
    t.same([id, raw], ['é1', undefined])
    const described = tensors.map(({ datatype, shape }, i) => [String.fromCharCode(97 + i), datatype, shape])
    t.same(inputs.map(({ name, datatype, shape }) => [name, datatype, shape]), described)
    inputs.forEach(({ parts }, i) => { t.equal(Buffer.concat(parts).toString('hex'), canonical(tensors[i] as SampleTensor)) })
  }), { numRuns: 300 })
})

t.test('the bytes of a binary input are those of the body, not a copy', async t => {
  const json = Buffer.from('{"inputs":[{"name":"x","datatype":"FP32","shape":[20000],"parameters":{"binary_data_size":80000}}]}')
  const whole = Buffer.concat([json, Buffer.alloc(80_000, 7)])
  const [first, second] = [whole.subarray(0, 50_000), Buffer.from(whole.subarray(50_000))]
  const { inputs } = new InferenceReader({ maxElements: 1_000_000 }).read(Body.of(first, second), json.length)
  t.same(inputs[0]?.parts.map(({ buffer, byteLength }) => [buffer === first.buffer || buffer === second.buffer, byteLength]), [
    [true, 50_000 - json.length], [true, 30_000 + json.length]
  ])
})

t.test('a body that is nothing but elements is passed on as it is, and all is answered in binary', async t => {
  const body = Body.of(Buffer.from([1, 2, 3, 4]))
  t.match(reader.read(body, 0), { raw: body.parts, inputs: [], binaryDefault: true, requested: undefined })
})

const readJson = (body: unknown): InferenceRequest => reader.read(Body.of(Buffer.from(JSON.stringify(body))), undefined)

t.test('the outputs that are asked for keep their order and their form', async t => {
  const ask = (outputs: unknown, parameters?: unknown): InferenceRequest => readJson({ inputs: [], outputs, parameters })
  const both = ask([{ name: 'b' }, { name: 'a', parameters: { classification: 3, binary_data: true } }])
  t.same(both.requested, [{ name: 'b' }, { name: 'a', classification: 3 }])
  t.same([...ask([{ name: 'a', parameters: { binary_data: false } }, { name: 'b' }], { binary_data_output: true }).binary], [['a', false]])
  t.equal(ask(undefined, { binary_data_output: true }).binaryDefault, true)
  t.equal(ask([]).requested, undefined, 'none named means all')
  t.equal(ask([{ name: 'a', parameters: { classification: 0 } }]).requested?.[0]?.classification, undefined)
  t.equal(ask(null, null).requested, undefined)
})

t.test('a timeout is in microseconds, and 0 is none', async t => {
  const timeout = (value: unknown): number | undefined =>
    readJson({ inputs: [], parameters: { timeout: value, priority: 1, mine: 'x', sequence_id: 0 } }).timeoutUs
  t.same([timeout(1500), timeout('20'), timeout(0)], [1500, 20, undefined])
})

t.test('a priority is a number from 1, and 0 is none', async t => {
  const priority = (value: unknown): number | undefined => readJson({ inputs: [], parameters: { priority: value } }).priority
  t.same([priority(1), priority('7'), priority(0), priority(undefined)], [1, 7, undefined, undefined])
})

const FP32 = { name: 'x', datatype: 'FP32', shape: [2] }
const VALID = { ...FP32, data: [1, 2] }
const input = (changes: object, from: object = VALID): object => ({ inputs: [{ ...from, ...changes }] })
const binary = (size: unknown, changes: object = {}): object => input({ parameters: { binary_data_size: size }, ...changes }, FP32)
const outputs = (...list: object[]): object => ({ inputs: [], outputs: list })
const withParameters = (parameters: object, name?: string): object => ({ name, parameters })

interface Refusal { readonly body: unknown, readonly bytes?: number, readonly says: RegExp, readonly code?: string }

const REFUSALS: Readonly<Record<string, Refusal>> = {
  'an empty body': { body: '', says: /the body must be an object, received nothing/ },
  'a list': { body: [], says: /the body must be an object, received a list/ },
  null: { body: 'null', says: /must be an object, received null/ },
  'no JSON': { body: '{"inputs":[', says: /not valid JSON/, code: 'invalid_json' },
  'JSON nested 120 deep': { body: `{"inputs":${'['.repeat(120)}${']'.repeat(120)}}`, says: /deeper than 100/, code: 'invalid_json' },
  'no inputs': { body: {}, says: /\/inputs must be a list, received nothing/ },
  'inputs that are none': { body: { inputs: {} }, says: /\/inputs must be a list, received an object/ },
  'an input that is none': { body: { inputs: [3] }, says: /\/inputs\/0 must be an object, received 3/ },
  'an id that is a number': { body: { inputs: [], id: 7 }, says: /\/id must be a string, received 7/ },
  'an input without a name': { body: input({ name: undefined }), says: /\/inputs\/0\/name must be a string/ },
  'an input without a datatype': {
    body: input({ datatype: undefined }), says: /\/inputs\/0\/datatype must be one of BOOL, .*; received nothing/
  },
  'an unknown datatype': { body: input({ datatype: 'FP31' }), says: /received "FP31"/ },
  'text as input': { body: input({ datatype: 'BYTES' }), says: /networks take numbers/ },
  'two inputs of one name': { body: { inputs: [VALID, VALID] }, says: /\/inputs\/1 names 'x', which came before/ },
  'no shape': { body: input({ shape: undefined }), says: /a shape is a list/, code: 'invalid_tensor' },
  'a negative dimension': { body: input({ shape: [2, -5] }), says: /received -5/, code: 'invalid_tensor' },
  'a dimension that is no whole number': { body: input({ shape: [1.5] }), says: /received 1.5/, code: 'invalid_tensor' },
  'a dimension of 1e309': {
    body: '{"inputs":[{"name":"x","datatype":"FP32","shape":[1e309],"data":[]}]}', says: /too large/, code: 'invalid_tensor'
  },
  'a dimension that is text': { body: input({ shape: ['2'] }), says: /received "2"/, code: 'invalid_tensor' },
  'a shape whose size wraps around': { body: input({ shape: [2 ** 4, 2 ** 60 + 2] }), says: /dimension/, code: 'invalid_tensor' },
  'a shape of too many elements': {
    body: binary(4, { shape: [2 ** 30, 2 ** 30, 2 ** 30] }), says: /more than 1000 elements/, code: 'too_many_elements'
  },
  'a shape of rank 7': { body: input({ shape: [1, 1, 1, 1, 1, 1, 1] }), says: /rank 7/, code: 'rank_too_high' },
  'fewer elements than the shape has': { body: input({ data: [1] }), says: /holds 2 elements/, code: 'invalid_tensor' },
  'more elements than the shape has': { body: input({ data: [1, 2, 3] }), says: /holds 2 elements/, code: 'invalid_tensor' },
  'ragged data': { body: input({ shape: [2, 2], data: [[1, 2], [3]] }), says: /\/inputs\/0\/data\/1/, code: 'invalid_tensor' },
  'data nested deeper than the shape': { body: input({ data: [[1], [2]] }), says: /data of shape \(2, 1\)/, code: 'invalid_tensor' },
  'data that is an object': { body: input({ data: {} }), says: /received an object/, code: 'invalid_tensor' },
  'no data at all': { body: input({ data: undefined }), says: /neither data nor/ },
  'a fraction in UINT32': {
    body: input({ datatype: 'UINT32', data: [1, 0.5] }), says: /UINT32 is a whole number from 0 to 4294967295; received 0.5/, code: 'invalid_tensor'
  },
  'a negative number in UINT32': { body: input({ datatype: 'UINT32', data: [1, -1] }), says: /received -1/, code: 'invalid_tensor' },
  'text in UINT32': { body: input({ datatype: 'UINT32', data: [1, '1'] }), says: /received "1"/, code: 'invalid_tensor' },
  'a boolean in UINT32': { body: input({ datatype: 'UINT32', data: [true, 1] }), says: /received true/, code: 'invalid_tensor' },
  'a number in BOOL': { body: input({ datatype: 'BOOL', data: [true, 1] }), says: /received 1/, code: 'invalid_tensor' },
  'mixed kinds of elements': { body: input({ data: [1, 'x'] }), says: /received "x"/, code: 'invalid_tensor' },
  'a number beyond INT8': { body: input({ datatype: 'INT8', data: [1, 128] }), says: /received 128/, code: 'invalid_tensor' },
  'INT64 beyond 2^53 in JSON': {
    body: '{"inputs":[{"name":"x","datatype":"INT64","shape":[1],"data":[9007199254740993]}]}', says: /as binary data/, code: 'invalid_tensor'
  },
  'a negative number in UINT64': { body: input({ datatype: 'UINT64', data: [1, -1] }), says: /received -1/, code: 'invalid_tensor' },
  'FP16 in JSON': { body: input({ datatype: 'FP16' }), says: /FP16, which JSON cannot hold exactly; send it as binary data/ },
  'a number beyond FP32': { body: input({ data: [1, 1e39] }), says: /received 1e\+39/, code: 'invalid_tensor' },
  'a number beyond FP64': {
    body: '{"inputs":[{"name":"x","datatype":"FP64","shape":[1],"data":[1e400]}]}', says: /too large for a double/, code: 'invalid_tensor'
  },
  'a negative binary_data_size': { body: binary(-4), says: /binary_data_size must be a whole number from 0; received -4/ },
  'a binary_data_size that is no whole number': { body: binary(7.5), says: /received 7.5/ },
  'a binary_data_size that is text': { body: binary('8'), says: /received "8"/ },
  'a binary_data_size beyond all numbers': { body: binary(1e300), says: /received 1e\+300/ },
  'a binary_data_size that does not fit the shape': { body: binary(4), bytes: 4, says: /is 4, but shape \(2,\) of FP32 takes 8 bytes/ },
  'data beside binary_data_size': { body: binary(8, { data: [1, 2] }), bytes: 8, says: /both data and binary_data_size/ },
  'fewer bytes than are announced': { body: binary(8), bytes: 5, says: /has 5 of the 8 bytes of the input 'x'; 3 more are expected/ },
  'no bytes, for want of the header': { body: binary(8), says: /8 more are expected/ },
  'more bytes than are announced': { body: binary(8), bytes: 10, says: /2 bytes left over/ },
  'bytes that nobody announced': { body: input({}), bytes: 3, says: /3 bytes left over/ },
  'shared memory for an input': { body: input({ parameters: { shared_memory_region: 'r' } }), says: /no shared memory/ },
  'shared memory for an output': { body: outputs(withParameters({ shared_memory_region: 'r' }, 'o')), says: /no shared memory/ },
  'more inputs than any model has': { body: { inputs: Array(1025).fill(VALID) }, says: /\/inputs must hold at most 1024, received 1025/ },
  'more outputs than any model has': { body: outputs(...Array(1025).fill({ name: 'o' })), says: /\/outputs must hold at most 1024, received 1025/ },
  'an output that is named twice': { body: outputs({ name: 'o' }, { name: 'o' }), says: /\/outputs\/1 names 'o', which came before/ },
  'an output without a name': { body: outputs({}), says: /\/outputs\/0\/name/ },
  'outputs that are no list': { body: { inputs: [], outputs: 'o' }, says: /\/outputs must be a list/ },
  'a negative number of classes': {
    body: outputs(withParameters({ classification: -1 }, 'o')), says: /classification must be a whole number/
  },
  'binary_data that is text': { body: outputs(withParameters({ binary_data: 'yes' }, 'o')), says: /true or false/ },
  'binary_data_output that is a number': { body: { inputs: [], parameters: { binary_data_output: 1 } }, says: /true or false/ },
  'a reserved parameter': { body: { inputs: [], parameters: { triton_x: 1 } }, says: /reserved/ },
  'a parameter that is a list': {
    body: { inputs: [], parameters: { mine: [] } }, says: /\/parameters\/mine must be a string, a number, true or false/
  },
  'a sequence': { body: { inputs: [], parameters: { sequence_id: 3 } }, says: /no state between requests/ },
  'a negative priority': { body: { inputs: [], parameters: { priority: -1 } }, says: /priority must be a whole number/ },
  'a priority that is a fraction': { body: { inputs: [], parameters: { priority: 1.5 } }, says: /received 1.5/ },
  'a negative timeout': { body: { inputs: [], parameters: { timeout: -1 } }, says: /timeout must be a whole number/ }
}

function refusal ({ body, bytes }: Refusal): BlockserveError {
  const json = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  try {
    reader.read(Body.of(json, Buffer.alloc(bytes ?? 0)), bytes === undefined ? undefined : json.length)
  } catch (error) {
    if (error instanceof BlockserveError) return error
    throw error
  }
  throw new Error('it was not refused')
}

t.test('what is wrong is refused, saying where and why', async t => {
  for (const [name, given] of Object.entries(REFUSALS)) {
    const { code, message } = refusal(given)
    t.equal(code, given.code ?? 'validation_failed', name)
    t.match(message, given.says, name)
  }
})

t.test('the length of the JSON is a plain number within the body', async t => {
  t.same([jsonLengthOf(undefined, 5), jsonLengthOf('0', 5), jsonLengthOf('5', 5)], [undefined, 0, 5])
  for (const header of ['6', '-1', '+5', '5,5', '5, 5', '05', '0x5', '1e0', ' 5', '', 'five', '99999999999', '18446744073709551620', ['5', '5']]) {
    t.throws(() => jsonLengthOf(header, 5), { code: 'validation_failed', message: /from 0 to 5/ }, String(header))
  }
})

t.test('a request that differs from an earlier one in its elements alone is read as if it were the first', async () => {
  const twice = fc.tuple(sampleTensor, fc.array(sampleTensor, { maxLength: 2 }), cuts)
  fc.assert(fc.property(twice, ([tensor, others, places]) => {
    const { json, binary } = sampleRequest([tensor, ...others])
    const whole = Buffer.concat([json, binary])
    const read = (): string => JSON.stringify(reader.read(pieces(whole, places), json.length))
    const fresh = JSON.stringify(new InferenceReader({ maxElements: 1000 }).read(pieces(whole, places), json.length))
    return read() === fresh && read() === fresh
  }), { numRuns: 300 })
})

t.test('numbers of another request are not remembered, nor is a request that was refused', async t => {
  const numbers = (value: number): number[] => Array.from({ length: 20 }, () => value)
  const ask = (data: unknown): string => readJson({ inputs: [{ name: 'x', datatype: 'FP32', shape: [20], data }] }).inputs[0]?.parts.join() ?? ''
  const bytes = (value: number): string => new Uint8Array(Float32Array.from(numbers(value)).buffer).join()
  t.equal(ask(numbers(0.5)), bytes(0.5))
  t.equal(ask(numbers(0.25)), bytes(0.25))
  t.throws(() => ask(numbers(1).slice(1)), { code: 'invalid_tensor' })
  t.equal(ask(numbers(3)), bytes(3))
})
