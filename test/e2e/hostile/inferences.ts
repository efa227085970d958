/** Inferences that nobody should ask for, with Triton's and OpenVINO's vectors. `m` is a ready Dense layer of 4 units over 3 inputs. */
import { deflateSync, gzipSync } from 'node:zlib'

export interface HostileInference {
  readonly method?: string
  readonly path?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly status?: number
  readonly says?: RegExp
}

const MIB = 2 ** 20
const INPUT = { name: 'data', datatype: 'FP32', shape: [1, 3], data: [1, 2, 3] }
const input = (changes: object): object => ({ inputs: [{ ...INPUT, ...changes }] })

/** A request in JSON and bytes, as Triton's clients send them. */
function binary (changes: object, bytes: Buffer, length?: number | string): HostileInference {
  const json = Buffer.from(JSON.stringify(input({ data: undefined, ...changes })))
  return { body: Buffer.concat([json, bytes]), headers: { 'inference-header-content-length': String(length ?? json.length) } }
}

const ELEMENTS = Buffer.from(Float32Array.of(1, 2, 3).buffer)
const sized = (size: unknown, bytes = ELEMENTS): HostileInference => binary({ parameters: { binary_data_size: size } }, bytes)
const compressed = (body: Buffer, encoding: string): HostileInference => ({ body, headers: { 'content-encoding': encoding } })
const depth = (levels: number): string => `${'['.repeat(levels)}1${']'.repeat(levels)}`

const shapes: Readonly<Record<string, HostileInference>> = {
  'a shape whose bytes wrap around (Triton)': { body: input({ shape: [2 ** 4, 2 ** 60 + 2] }) },
  'the same, smaller (Triton)': { body: input({ shape: [2 ** 2, 2 ** 60 + 2] }) },
  'a shape of many elements': { body: input({ shape: [2 ** 30, 2 ** 30, 2 ** 30] }), says: /more than/ },
  'a negative dimension (Triton)': { body: input({ shape: [2, -5] }), says: /received -5/ },
  'a dimension of -1': { body: input({ shape: [-1, 3] }), says: /received -1/ },
  'a dimension of 1e309': { body: '{"inputs":[{"name":"data","datatype":"FP32","shape":[1e309],"data":[1]}]}' },
  'a dimension that is no whole number': { body: input({ shape: [1, 3.5] }) },
  'a dimension that is text': { body: input({ shape: ['1', 3] }), says: /received "1"/ },
  'a shape that is text': { body: input({ shape: '1,3' }) },
  'a tensor of rank 7': { body: input({ shape: [1, 1, 1, 1, 1, 1, 3] }), says: /rank 7/ },
  'an input of another width': { body: input({ shape: [1, 4], data: [1, 2, 3, 4] }), says: /\(batch, 3\), received \(1, 4\)/ },
  'a scalar for a batch': { body: input({ shape: [], data: [1] }), says: /received \(\)/ },
  'no columns': { body: input({ shape: [2, 0], data: [] }), says: /received \(2, 0\)/ },
  'elements missing': { body: input({ data: [1, 2] }) },
  'ragged rows': { body: input({ shape: [2, 3], data: [[1, 2, 3], [1, 2]] }) }
}

const values: Readonly<Record<string, HostileInference>> = {
  'a fraction in UINT32 (OpenVINO)': { body: input({ datatype: 'UINT32', data: [1.5, 2, 3] }), says: /received 1.5/ },
  'a negative number in UINT32 (OpenVINO)': { body: input({ datatype: 'UINT32', data: [-1, 2, 3] }) },
  'text in UINT32 (OpenVINO)': { body: input({ datatype: 'UINT32', data: ['1', 2, 3] }) },
  'a boolean in UINT32 (OpenVINO)': { body: input({ datatype: 'UINT32', data: [true, 2, 3] }) },
  'elements of several kinds (OpenVINO)': { body: input({ data: [1, 'a', true] }) },
  'elements that are text': { body: input({ data: '1,2,3' }), says: /received "1,2,3"/ },
  'an element that is null': { body: input({ data: [null, 2, 3] }) },
  'NaN as a word': { body: '{"inputs":[{"name":"data","datatype":"FP32","shape":[1,3],"data":[NaN,1,2]}]}', says: /not valid JSON/ },
  'infinity as a word': { body: '{"inputs":[{"name":"data","datatype":"FP32","shape":[1,3],"data":[-Infinity,1,2]}]}', says: /not valid JSON/ },
  'a number beyond FP32': { body: input({ data: [1e39, 2, 3] }) },
  'INT64 that FP32 does not have': { body: input({ datatype: 'INT64', data: [16_777_217, 2, 3] }), says: /16777217 at position 0/ },
  'INT64 beyond 2^53 in JSON': { body: '{"inputs":[{"name":"data","datatype":"INT64","shape":[1,3],"data":[9007199254740993,1,1]}]}', says: /binary data/ },
  'INT64 beyond 2^53 in binary': {
    ...binary({ datatype: 'INT64', parameters: { binary_data_size: 24 } }, Buffer.from(BigInt64Array.of(9007199254740993n, 1n, 1n).buffer)),
    says: /9007199254740993 at position 0/
  },
  'FP64 that FP32 does not have': { body: input({ datatype: 'FP64', data: [0.1, 2, 3] }), says: /0.1 at position 0/ },
  'FP16 in JSON': { body: input({ datatype: 'FP16' }), says: /as binary data/ },
  'text as input': { body: input({ datatype: 'BYTES', data: ['a', 'b', 'c'] }), says: /networks take numbers/ },
  'text as binary input, longer than its bytes': {
    ...binary({ datatype: 'BYTES', shape: [2], parameters: { binary_data_size: 12 } }, Buffer.from([255, 255, 255, 127, 1, 2, 3, 4, 5, 6, 7, 8])),
    says: /networks take numbers/
  },
  'a datatype that is a number': { body: input({ datatype: 32 }), says: /received 32/ },
  'an unknown datatype': { body: input({ datatype: 'FP128' }) },
  'inputs that are an object (OpenVINO)': { body: { inputs: INPUT }, says: /must be a list/ },
  'an input that is a number (OpenVINO)': { body: { inputs: [7] }, says: /must be an object/ },
  'an input without a name (OpenVINO)': { body: input({ name: undefined }) },
  'an input without a datatype (OpenVINO)': { body: input({ datatype: undefined }) },
  'an input without a shape (OpenVINO)': { body: input({ shape: undefined }) },
  'an input without data (OpenVINO)': { body: input({ data: undefined }), says: /neither data nor/ },
  'parameters of an input that are a list (OpenVINO)': { body: input({ parameters: [] }), says: /must be an object/ },
  'parameters that are a list (OpenVINO)': { body: { inputs: [INPUT], parameters: [] }, says: /must be an object/ },
  'a parameter that is an object (OpenVINO)': { body: { inputs: [INPUT], parameters: { own: {} } }, says: /must be a string, a number/ },
  'an id that is a number (OpenVINO)': { body: { inputs: [INPUT], id: 5 }, says: /must be a string/ },
  'an input with another name': { body: input({ name: 'x' }), says: /no input 'x'. It has 'data'/ },
  'an input too many': { body: { inputs: [INPUT, { ...INPUT, name: 'mask' }] }, says: /no input 'mask'/ },
  'an input twice': { body: { inputs: [INPUT, INPUT] }, says: /came before/ },
  'no input': { body: { inputs: [] }, says: /needs the input 'data'/ },
  'no inputs (OpenVINO)': { body: { outputs: [{ name: 'output' }] }, says: /inputs must be a list, received nothing/ },
  'outputs that are an object (OpenVINO)': { body: { inputs: [INPUT], outputs: { name: 'output' } }, says: /must be a list/ },
  'an output that is text (OpenVINO)': { body: { inputs: [INPUT], outputs: ['output'] }, says: /must be an object/ },
  'an output without a name (OpenVINO)': { body: { inputs: [INPUT], outputs: [{}] }, says: /name must be a string/ },
  'an output that is not there': { body: { inputs: [INPUT], outputs: [{ name: 'scores' }] }, says: /no output 'scores'. It has 'output'/ },
  'an output twice (Triton)': { body: { inputs: [INPUT], outputs: [{ name: 'output' }, { name: 'output' }] }, says: /came before/ },
  'very many outputs': { body: { inputs: [INPUT], outputs: Array.from({ length: 5000 }, (_, i) => ({ name: `o${i}` })) }, says: /at most 1024, received 5000/ },
  'very many inputs': { body: { inputs: Array(5000).fill(INPUT) }, says: /at most 1024, received 5000/ },
  'shared memory': { body: input({ data: undefined, parameters: { shared_memory_region: 'r', shared_memory_byte_size: 12 } }), says: /shared memory/ },
  'a sequence': { body: { inputs: [INPUT], parameters: { sequence_id: 1, sequence_start: true } }, says: /no state/ },
  'a reserved parameter': { body: { inputs: [INPUT], parameters: { triton_enable_empty_final_response: true } }, says: /reserved/ }
}

const json: Readonly<Record<string, HostileInference>> = {
  'JSON nested 101 deep': { body: `{"inputs":${depth(100)}}`, says: /deeper than 100/ },
  'JSON nested 50 000 deep': { body: `{"inputs":${depth(50_000)}}`, says: /deeper than 100/ },
  'JSON nested 120 deep (Triton)': { body: `{"inputs":${depth(120)}}`, says: /deeper than 100/ },
  'JSON nested 250 000 deep': { body: `{"inputs":${depth(250_000)}}` },
  'JSON nested 250 000 deep, to the index (Triton)': { path: '/v2/repository/index', body: depth(250_000) },
  'JSON nested 250 000 deep, to a load': { path: '/v2/repository/models/m/load', body: `{"parameters":{"config":"${depth(250_000)}"}}` },
  'JSON cut short': { body: '{"inputs":[{"name":"da' },
  'garbage behind JSON': { body: '{"inputs":[]} x' },
  'a byte order mark': { body: '\ufeff{"inputs":[]}' },
  'bytes that are no UTF-8': { body: Buffer.from([0x22, 0xff, 0x22]) },
  'a list': { body: '[]' },
  'a number': { body: '5' },
  'a text': { body: '"inputs"' },
  null: { body: 'null' },
  'an empty body': { body: '' },
  'a very long name': { body: input({ name: 'x'.repeat(500_000) }) },
  '__proto__ as an input': { body: '{"inputs":[{"name":"__proto__","datatype":"FP32","shape":[1,3],"data":[1,2,3]}]}', says: /no input '__proto__'/ },
  '__proto__ as a datatype': { body: input({ datatype: '__proto__' }) },
  'constructor as a parameter': { body: '{"inputs":[],"parameters":{"constructor":{}}}' }
}

const binaries: Readonly<Record<string, HostileInference>> = {
  'a negative binary_data_size (OpenVINO)': sized(-12),
  'a binary_data_size that is no whole number (OpenVINO)': sized(12.5),
  'a binary_data_size that is text (OpenVINO)': sized('12'),
  'a binary_data_size beyond all numbers (OpenVINO)': sized(1e300),
  'a binary_data_size of 2^63': sized(2 ** 63),
  'a binary_data_size that does not fit the shape': sized(8),
  'fewer bytes than announced (OpenVINO)': { ...sized(12, ELEMENTS.subarray(0, 8)), says: /4 more are expected/ },
  'more bytes than announced (OpenVINO)': { ...sized(12, Buffer.concat([ELEMENTS, ELEMENTS])), says: /12 bytes left over/ },
  'sizes whose sum wraps around (OpenVINO)': {
    ...binary({}, ELEMENTS),
    body: { inputs: ['data', 'more'].map(name => ({ ...INPUT, name, data: undefined, parameters: { binary_data_size: Number.MAX_SAFE_INTEGER } })) }
  },
  'two inputs that share the bytes of one (OpenVINO)': {
    body: { inputs: ['data', 'more'].map(name => ({ ...INPUT, name, data: undefined, parameters: { binary_data_size: 12 } })) }
  },
  'bytes behind the JSON, but no header': { ...sized(12), headers: {}, says: /not valid JSON|not UTF-8/ },
  'no bytes at all': { body: input({ data: undefined, parameters: { binary_data_size: 12 } }), says: /12 more are expected/ },
  'data and bytes (OpenVINO)': { ...binary({ data: [1, 2, 3], parameters: { binary_data_size: 12 } }, ELEMENTS), says: /both/ },
  'a header shorter than the JSON (OpenVINO)': binary({ parameters: { binary_data_size: 12 } }, ELEMENTS, 20),
  'a header longer than the body (OpenVINO)': { ...binary({ parameters: { binary_data_size: 12 } }, ELEMENTS, 5000), says: /from 0 to/ },
  'a header of 99999999999 (Triton)': { ...binary({ parameters: { binary_data_size: 12 } }, ELEMENTS, '99999999999'), says: /from 0 to/ },
  'a header of -1': binary({}, ELEMENTS, '-1'),
  'a header of +5': binary({}, ELEMENTS, '+5'),
  'a header of 5,5': binary({}, ELEMENTS, '5,5'),
  'a header that is text': binary({}, ELEMENTS, 'all'),
  'bare elements, too few': { body: ELEMENTS.subarray(0, 8), headers: { 'inference-header-content-length': '0' }, says: /do not fill its shape \(1, 3\)/ },
  'bare elements, half of one': { body: ELEMENTS.subarray(0, 10), headers: { 'inference-header-content-length': '0' } },
  'bare nothing': { body: Buffer.alloc(0), headers: { 'inference-header-content-length': '0' } }
}

const transfers: Readonly<Record<string, HostileInference>> = {
  'a body of one byte over the limit (Triton)': { body: Buffer.alloc(MIB + 1, 32), status: 413, says: /1048576/ },
  'a body of the limit, of blanks': { body: Buffer.alloc(MIB, 32) },
  'a body of one byte over the limit, compressed (Triton)': { ...compressed(gzipSync(Buffer.alloc(MIB + 1, 32)), 'gzip'), status: 413 },
  'a bomb': { ...compressed(gzipSync(Buffer.alloc(64 * MIB)), 'gzip'), status: 413 },
  'gzip cut short': compressed(gzipSync(JSON.stringify({ inputs: [INPUT] })).subarray(0, 30), 'gzip'),
  'what is no gzip': compressed(Buffer.from(JSON.stringify({ inputs: [INPUT] })), 'gzip'),
  'gzip that is called deflate': compressed(gzipSync(JSON.stringify({ inputs: [INPUT] })), 'deflate'),
  'a bomb, called deflate': { ...compressed(deflateSync(Buffer.alloc(64 * MIB)), 'deflate'), status: 413 },
  'a load that announces a file of 2 GiB (Triton)': {
    path: '/v2/repository/models/m/load', body: Buffer.alloc(0), headers: { 'content-length': String(2 ** 31) }, status: 413
  },
  'an unknown compression (Triton)': { ...compressed(Buffer.from('{}'), 'br'), status: 415, says: /gzip or deflate/ },
  'compressed twice': { ...compressed(gzipSync(gzipSync('{}')), 'gzip, gzip'), status: 415 }
}

const names: Readonly<Record<string, HostileInference>> = {
  'a model nobody made': { path: '/v2/models/nobody/infer', body: { inputs: [INPUT] }, status: 404, says: /no model 'nobody'. The models are: 'm'/ },
  'a version nobody made': { path: '/v2/models/m/versions/9/infer', body: { inputs: [INPUT] }, status: 404, says: /no checkpoint 9/ },
  'a version that is no number': { path: '/v2/models/m/versions/v1/infer', body: { inputs: [INPUT] } },
  'a version of 30 digits': { method: 'GET', path: `/v2/models/m/versions/${'9'.repeat(30)}/ready` },
  'an encoded path upwards': { method: 'GET', path: '/v2/models/%2e%2e%2f%2e%2e%2fetc%2fpasswd' },
  'the name ..': { method: 'GET', path: '/v2/models/..' },
  'a backslash': { method: 'GET', path: '/v2/models/..%5Cm/ready' },
  'an accent, composed': { method: 'GET', path: '/v2/models/%C3%A9/ready' },
  'an accent, decomposed': { method: 'GET', path: '/v2/models/e%CC%81/ready' },
  'a path upwards in a version': { method: 'GET', path: '/v2/models/m/versions/..%2F1/ready' },
  'an encoded NUL': { method: 'GET', path: '/v2/models/a%00b/ready' },
  'a line break': { method: 'GET', path: '/v2/models/a%0d%0aSet-Cookie:x' },
  'a broken percent sign': { method: 'GET', path: '/v2/models/%zz' },
  'a very long name': { method: 'GET', path: `/v2/models/${'a'.repeat(1000)}` },
  'a load of ../etc (Triton)': { path: '/v2/repository/models/..%2Fetc/load' },
  'a load of a/../b (Triton)': { path: '/v2/repository/models/a%2F..%2Fb/load' },
  'a load of /etc/passwd (Triton)': { path: '/v2/repository/models/%2Fetc%2Fpasswd/load' },
  'a load of model/subdir (Triton)': { path: '/v2/repository/models/model%2Fsubdir/load' },
  'a load of model/ (Triton)': { path: '/v2/repository/models/model%2F/load' },
  'a load of nothing (Triton)': { path: '/v2/repository/models//load' },
  'a load of blanks (Triton)': { path: '/v2/repository/models/%20/load' },
  'a load of " .." (Triton)': { path: '/v2/repository/models/%20../load' },
  'a load of ".. " (Triton)': { path: '/v2/repository/models/..%20/load' },
  'a load of ... (Triton)': { path: '/v2/repository/models/.../load', status: 404, says: /no model '...'/ },
  'a load of ..my_model (Triton)': { path: '/v2/repository/models/..my_model/load', status: 404 },
  'a load of model..1 (Triton)': { path: '/v2/repository/models/model..1/load', status: 404, says: /no model 'model..1'/ },
  'a load with a file (Triton)': { path: '/v2/repository/models/m/load', body: { parameters: { 'file:1/model.bin': 'AAAA' } }, says: /POST \/v1\/models/ },
  'a load with a file of a long name (Triton)': { path: '/v2/repository/models/m/load', body: { parameters: { [`file:${'x'.repeat(300)}`]: 'AAAA' } } },
  'a load of a version that is not there': {
    path: '/v2/repository/models/m/load', body: { parameters: { config: '{"version_policy":{"specific":{"versions":[7]}}}' } }, status: 404
  },
  'an unload of what is not there': { path: '/v2/repository/models/nobody/unload', status: 404 },
  'another repository': { path: '/v2/repository/mine/index', status: 404 },
  'a method that is not allowed': { method: 'PUT', body: {}, status: 405 },
  'what is not there': { method: 'GET', path: '/v2/logging', status: 404 }
}

export const HOSTILE_INFERENCES = { shapes, values, json, binaries, transfers, names }
