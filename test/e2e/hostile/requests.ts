/** Requests that nobody should send, and how each is refused. `m` is a Dense layer of 4 units over 3 inputs, ready. */

export interface HostileRequest {
  readonly method?: string
  readonly path: string
  /** An object goes as JSON, text as JSON as it is, bytes as they are. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly status: number
  readonly code?: string
  /** What the detail, the remedy or the list of mistakes says. */
  readonly says?: RegExp
}

const MODELS = '/v1/models'
const FORWARD = '/v1/models/m/forward'
const DATA = '/v1/models/m/parameters/dense0_weight/data'

const input = (tensor: unknown): object => ({ inputs: [tensor] })
const shaped = (shape: unknown, data: unknown = [1, 2, 3], dtype = 'float32'): object => input({ shape, dtype, data })
const nested = (depth: number): string => `{"inputs":[${'['.repeat(depth)}1${']'.repeat(depth)}]}`
const invalid = { status: 400, code: 'invalid_tensor' }
const dense = (units: number, in_units?: number): object => ({ architecture: { type: 'Dense', units, ...in_units !== undefined && { in_units } } })

const shapes: Readonly<Record<string, HostileRequest>> = {
  'dimensions whose product is 2^64': { path: FORWARD, body: shaped([2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1]), status: 422, code: 'too_many_elements' },
  'a dimension of 2^60': { path: FORWARD, body: shaped([2 ** 60]), ...invalid },
  'a negative dimension': { path: FORWARD, body: shaped([-1, 3]), ...invalid, says: /received -1/ },
  'a dimension of 1.5': { path: FORWARD, body: shaped([1.5, 2]), ...invalid, says: /received 1.5/ },
  'a dimension of 1e309': { path: FORWARD, body: '{"inputs":[{"shape":[1e309],"data":[1]}]}', ...invalid },
  'a dimension that is text': { path: FORWARD, body: shaped(['3']), ...invalid, says: /received \\"3/ },
  'a shape that is a number': { path: FORWARD, body: shaped(3), ...invalid },
  'a tensor of rank 7': { path: FORWARD, body: shaped([1, 1, 1, 1, 1, 1, 3]), status: 422, code: 'rank_too_high', says: /rank 7/ },
  'lists nested 7 deep': { path: FORWARD, body: input([[[[[[[1]]]]]]]), status: 422, code: 'rank_too_high' },
  'more numbers than the shape holds': { path: FORWARD, body: shaped([1, 3], [1, 2, 3, 4]), ...invalid, says: /holds 3 elements, received 4/ },
  'an input of another width': { path: FORWARD, body: input([[1, 2, 3, 4]]), status: 422, code: 'wrong_input_shape', says: /3.*received \(1, 4\)/ },
  'a scalar for a batch': { path: FORWARD, body: input(1), status: 422 },
  'an inner dimension of 0': { path: FORWARD, body: shaped([2, 0], []), status: 422, code: 'wrong_input_shape', says: /received \(2, 0\)/ },
  'no input at all': { path: FORWARD, body: { inputs: [] }, status: 422, code: 'argument_count' },
  'too many inputs': { path: FORWARD, body: { inputs: [[1], [2]] }, status: 422, code: 'argument_count' },
  'a head gradient of another shape': {
    path: '/v1/models/m/backward', body: { inputs: [[[1, 2, 3]]], head_gradients: [[1]] }, status: 422, code: 'head_gradient_shape', says: /\(1, 4\)/
  },
  'a random shape of rank 7': {
    path: '/v1/models/m/random', body: { distribution: 'uniform', shape: [1, 1, 1, 1, 1, 1, 1] }, status: 422, code: 'rank_too_high'
  },
  'a random shape of 2^60 elements': {
    path: '/v1/models/m/random', body: { distribution: 'uniform', shape: [2 ** 30, 2 ** 30] }, status: 422, code: 'too_many_elements'
  }
}

const values: Readonly<Record<string, HostileRequest>> = {
  'rows of different lengths': { path: FORWARD, body: input([[1, 2, 3], [1, 2]]), ...invalid, says: /inputs\/0\/1/ },
  'a number among rows': { path: FORWARD, body: input([[1, 2, 3], 4]), ...invalid },
  'a row among numbers': { path: FORWARD, body: input([1, [2]]), ...invalid },
  'text for a number': { path: FORWARD, body: input([['1', 2, 3]]), ...invalid, says: /received \\"1/ },
  'null for a number': { path: FORWARD, body: input([[null, 2, 3]]), ...invalid },
  'a boolean for a number': { path: FORWARD, body: input([[true, 2, 3]]), ...invalid },
  'NaN written in another way': { path: FORWARD, body: input([['nan', 2, 3]]), ...invalid },
  '1e309': { path: FORWARD, body: '{"inputs":[[[1e309,2,3]]]}', ...invalid },
  'a number beyond float32': { path: FORWARD, body: input([[1e39, 2, 3]]), ...invalid },
  'a fraction in int32': { path: FORWARD, body: shaped([1, 3], [0.5, 1, 2], 'int32'), ...invalid },
  'a number beyond int8': { path: FORWARD, body: shaped([1, 3], [128, 1, 2], 'int8'), ...invalid },
  'a number that int64 cannot hold exactly': { path: FORWARD, body: shaped([1, 3], [2 ** 53 + 2, 1, 2], 'int64'), ...invalid },
  'an unknown dtype': { path: FORWARD, body: shaped([3], [1, 2, 3], 'complex64'), ...invalid, says: /float32/ },
  'data of another shape': { method: 'PUT', path: DATA, body: [[1, 2, 3]], status: 422, code: 'shape_conflict', says: /\(4, 3\).*\(1, 3\)/ },
  'a slice out of range': { method: 'PATCH', path: DATA, body: { slice: '4', set: 1 }, status: 400, code: 'invalid_slice', says: /\(4, 3\)/ },
  'a slice that is none': { method: 'PATCH', path: DATA, body: { slice: '__import__', set: 1 }, status: 400, code: 'invalid_slice' },
  'a value that does not broadcast': { method: 'PATCH', path: DATA, body: { slice: '0', set: [1, 2] }, status: 422, code: 'shape_mismatch' }
}

const json: Readonly<Record<string, HostileRequest>> = {
  'JSON nested 101 deep': { path: FORWARD, body: nested(100), status: 400, code: 'invalid_json', says: /100/ },
  'JSON nested 50 deep': { path: FORWARD, body: nested(48), status: 422, code: 'rank_too_high' },
  'JSON nested 250 000 deep': { path: FORWARD, body: nested(250_000), status: 400, code: 'invalid_json' },
  'a spec nested 90 deep': {
    path: MODELS, body: `{"architecture":${'{"type":"Sequential","children":['.repeat(45)}${']}'.repeat(45)}}`, status: 201
  },
  'JSON cut short': { path: FORWARD, body: '{"inputs":[[[1,2', status: 400, code: 'invalid_json' },
  'garbage behind JSON': { path: FORWARD, body: '{"inputs":[]} x', status: 400, code: 'invalid_json' },
  'a NaN token': { path: FORWARD, body: '{"inputs":[[[NaN,1,2]]]}', status: 400, code: 'invalid_json' },
  'a byte order mark': { path: FORWARD, body: '\ufeff{"inputs":[]}', status: 400, code: 'invalid_json' },
  'bytes that are no UTF-8': {
    path: FORWARD, body: Buffer.from([0x22, 0xff, 0x22]), headers: { 'content-type': 'application/json' }, status: 400, code: 'invalid_json'
  },
  'a body that is null': { path: FORWARD, body: 'null', status: 400, code: 'validation_failed' },
  'a body that is a list': { path: FORWARD, body: '[]', status: 400, code: 'validation_failed' },
  'an empty body': { path: FORWARD, body: '', status: 400, code: 'validation_failed' },
  '__proto__ in a body': { path: FORWARD, body: '{"inputs":[[[1,2,3]]],"__proto__":{"train_mode":true}}', status: 400, code: 'validation_failed' },
  '__proto__ in a spec': { path: MODELS, body: '{"architecture":{"type":"Dense","units":1,"__proto__":{"in_units":1}}}', status: 422 },
  'constructor as an architecture': { path: MODELS, body: { architecture: 'constructor' }, status: 404, code: 'architecture_not_found', says: /MLP/ },
  '__proto__ as a type': { path: MODELS, body: { architecture: { type: '__proto__' } }, status: 422, code: 'invalid_spec' },
  'a member nobody knows': { path: MODELS, body: { architecture: 'MLP', sead: 1 }, status: 400, code: 'validation_failed', says: /sead/ },
  'a gzip body': {
    path: FORWARD, body: Buffer.from([0x1f, 0x8b, 8, 0]), headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }, status: 415
  },
  'a type of body nobody takes': { path: FORWARD, body: '<x/>', headers: { 'content-type': 'text/xml' }, status: 415, code: 'unsupported_media_type' },
  'a body over the limit': { path: FORWARD, body: `{"inputs":[[${'1,'.repeat(600_000)}1]]}`, status: 413, code: 'body_too_large', says: /1048576/ }
}

const names: Readonly<Record<string, HostileRequest>> = {
  'a model nobody made': { path: '/v1/models/nobody/forward', body: input(1), status: 404, code: 'model_not_found', says: /'m'/ },
  'a parameter that is not there': {
    method: 'GET', path: '/v1/models/m/parameters/gamma/data', status: 404, code: 'parameter_not_found', says: /'dense0_weight', 'dense0_bias'/
  },
  'a block that is not there': { method: 'GET', path: '/v1/models/m/blocks/7', status: 404, code: 'block_not_found' },
  'a captured block that is not there': { path: FORWARD, body: { inputs: [[[1, 2, 3]]], capture: ['7'] }, status: 404, code: 'block_not_found' },
  'a checkpoint that is not there': { method: 'GET', path: '/v1/models/m/checkpoints/9/content', status: 404, code: 'checkpoint_not_found' },
  'arrays that are not there': { method: 'GET', path: '/v1/arrays/none', status: 404, code: 'array_not_found' },
  'the name ..': { method: 'GET', path: '/v1/models/..', status: 400, code: 'invalid_name' },
  'an encoded path upwards': { method: 'GET', path: '/v1/models/%2e%2e%2f%2e%2e%2fetc%2fpasswd', status: 400, code: 'invalid_name' },
  'a path upwards': { method: 'GET', path: '/v1/models/../../etc/passwd', status: 404, code: 'route_not_found' },
  'a path upwards as a name': { path: MODELS, body: { name: '../../m', architecture: 'MLP' }, status: 400, code: 'invalid_name' },
  'an absolute path as a name': { path: MODELS, body: { name: '/etc/passwd', architecture: 'MLP' }, status: 400, code: 'invalid_name' },
  'an encoded NUL': { method: 'GET', path: '/v1/arrays/a%00b', status: 400, code: 'invalid_name' },
  'a backslash': { method: 'PUT', path: '/v1/arrays/..%5Cx', body: { array: [1] }, status: 400, code: 'invalid_name' },
  'a line break': { method: 'GET', path: '/v1/models/a%0d%0aSet-Cookie:x', status: 400, code: 'invalid_name' },
  'a very long name': { method: 'GET', path: `/v1/models/${'a'.repeat(1000)}`, status: 400, code: 'invalid_name' },
  'a checkpoint of a path': { path: '/v1/models/m/load', body: { model: '../m', checkpoint: 1 }, status: 400, code: 'invalid_name' },
  'a broken percent sign': { method: 'GET', path: '/v1/models/%zz', status: 400, code: 'malformed_http' },
  'a pattern that backtracks': { method: 'GET', path: '/v1/models/m/parameters?select=(a%2B)%2B%5C1', status: 400, code: 'invalid_pattern' }
}

const resources: Readonly<Record<string, HostileRequest>> = {
  'a layer of 4 TB': { path: MODELS, body: dense(1e6, 1e6), status: 422, code: 'invalid_spec', says: /\(1000000, 1000000\)/ },
  'a layer of 4 MB': { path: MODELS, body: dense(1000, 1000), status: 422, code: 'too_many_parameter_bytes', says: /4004000.*1048576/ },
  'a layer of more bytes than there are numbers for': { path: MODELS, body: dense(2 ** 53, 2 ** 53), status: 422 },
  'a bias over the limit': { path: MODELS, body: dense(300_000), status: 422, code: 'too_many_parameter_bytes' },
  'a layer that an input makes too large': {
    path: '/v1/models/wide/forward', body: shaped([1, 600], Array(600).fill(1)), status: 422, code: 'too_many_parameter_bytes'
  },
  'a file that is none': { path: '/v1/models/m/load', body: Buffer.from('not a file'), status: 422, code: 'invalid_file' },
  'a file that claims 2^62 arrays': {
    path: '/v1/models/m/load',
    body: Buffer.concat([Buffer.from([0x12, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), Buffer.from([0, 0, 0, 0, 0, 0, 0, 0x40])]),
    status: 422,
    code: 'invalid_file'
  },
  'a loop without end': { path: '/v1/models/loop/forward', body: input(1), status: 422, code: 'program_limit' },
  'a program that grows without end': { path: '/v1/models/grow/forward', body: input([1]), status: 422 }
}

export const HOSTILE = { shapes, values, json, names, resources }
