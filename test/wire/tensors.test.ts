import fc from 'fast-check'
import t from 'tap'
import type { BlockserveError } from '../../src/errors.ts'
import { decodeArgument, decodeTensor } from '../../src/wire/decode-tensor.ts'
import { encode, encodeTensor } from '../../src/wire/encode.ts'
import { bytesOf, DTYPE_NAMES, DTYPES, hostTensor, sizeOf } from '../../src/tensor.ts'
import type { DType, HostTensor } from '../../src/tensor.ts'

const LIMITS = { maxElements: 1000 }
const decode = (value: unknown): HostTensor => decodeTensor(value, '', LIMITS)

/** Patterns that JSON does not tell apart are made the same first. */
const CANONICAL: Partial<Record<DType, (tensor: HostTensor) => HostTensor>> = {
  float16: ({ shape, data }) =>
    hostTensor('float16', shape, (data as Uint16Array<ArrayBuffer>).map(x => (x & 0x7fff) > 0x7c00 ? 0x7e00 : x)),
  bool: ({ shape, data }) => hostTensor('bool', shape, (data as Uint8Array<ArrayBuffer>).map(x => x & 1))
}

const shapes = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 })

const tensors = fc.tuple(fc.constantFrom(...DTYPE_NAMES), shapes).chain(([dtype, shape]) => {
  const bytes = sizeOf(shape) * DTYPES[dtype].bytes
  return fc.uint8Array({ minLength: bytes, maxLength: bytes }).map(raw => {
    const { array: Elements } = DTYPES[dtype]
    const tensor = hostTensor(dtype, shape, new Elements(raw.slice().buffer))
    return CANONICAL[dtype]?.(tensor) ?? tensor
  })
})

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

t.test('any tensor of any dtype and bit pattern comes back from its JSON, NaN as NaN', async () => {
  fc.assert(fc.property(tensors, tensor => {
    const text = encodeTensor(tensor)
    const back = decode(JSON.parse(text))
    const hasNaN = text.includes('NaN')
    return back.dtype === tensor.dtype && back.shape.join() === tensor.shape.join() &&
      (hasNaN ? encodeTensor(back) === text : hex(bytesOf(back)) === hex(bytesOf(tensor)))
  }), { numRuns: 2000 })
})

const nest = (data: readonly unknown[], shape: readonly number[]): unknown => {
  if (shape.length === 0) return data[0]
  const [length = 0, ...rest] = shape
  const size = sizeOf(rest)
  return Array.from({ length }, (_, i) => nest(data.slice(i * size, (i + 1) * size), rest))
}

t.test('flat and nested data of the same shape are the same tensor', async () => {
  const filled = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 5 })
  fc.assert(fc.property(filled, shape => {
    const data = Array.from({ length: sizeOf(shape) }, (_, i) => i)
    const tensors = [
      decode({ shape, data }), decode({ shape, data: nest(data, shape) }), decode({ data: nest(data, shape) }), decode(nest(data, shape))
    ]
    return new Set(tensors.map(encodeTensor)).size === 1
  }))
})

t.test('empty tensors keep their shape', async t => {
  t.same(decode([]).shape, [0])
  t.same(decode([[], []]).shape, [2, 0])
  t.same(decode({ shape: [0, 5], data: [] }).shape, [0, 5])
})

t.test('a list of tensor objects is a list of states, a list of numbers is a vector', async t => {
  const states = decodeArgument([{ data: [1] }, { data: [2] }], '', LIMITS)
  t.ok(Array.isArray(states) && states.length === 2)
  t.same((decodeArgument([1, 2], '', LIMITS) as HostTensor).shape, [2])
})

const refused: Record<string, [unknown, string, string?]> = {
  'a string for a number': [['1'], '/0'],
  'a boolean for a number': [[true], '/0'],
  null: [null, ''],
  'null inside': [[1, null], '/1'],
  'a number a double cannot hold': [JSON.parse('[1e309]'), '/0'],
  'a number float32 cannot hold': [[3.5e38], '/0'],
  'a number float16 cannot hold': [{ dtype: 'float16', data: [65520] }, '/data/0'],
  'lower-case nan': [['nan'], '/0'],
  'an element named like a method': [['toString'], '/0'],
  'ragged lists': [[[1, 2], [3]], '/1'],
  'a number among lists': [[[1], 2], '/1'],
  'a list among numbers': [[1, [2]], '/1'],
  'too few elements': [{ shape: [2, 2], data: [1, 2, 3] }, '/data'],
  'too many elements': [{ shape: [2], data: [1, 2, 3] }, '/data'],
  'data for no shape': [{ shape: [], data: [1, 2] }, '/data'],
  'a dimension whose product wraps in 64 bits': [{ shape: [16, 2 ** 60 + 2], data: [1] }, '/shape/1'],
  'a negative dimension': [{ shape: [-1], data: [1] }, '/shape/0'],
  'a fractional dimension': [{ shape: [1.5], data: [1] }, '/shape/0'],
  'a dimension as text': [{ shape: ['2'], data: [1, 2] }, '/shape/0'],
  'an infinite dimension': [{ shape: [Infinity], data: [1] }, '/shape/0'],
  'a shape that is no list': [{ shape: 2, data: [1, 2] }, '/shape'],
  'no data': [{ shape: [1] }, ''],
  'an unknown dtype': [{ dtype: 'float8', data: [1] }, '/dtype'],
  'a dtype named like a method': [{ dtype: 'constructor', data: [1] }, '/dtype'],
  'an unknown member': [{ data: [1], name: 'x' }, ''],
  'a fraction in int32': [{ dtype: 'int32', data: [1.5] }, '/data/0'],
  'int32 out of range': [{ dtype: 'int32', data: [2 ** 31] }, '/data/0'],
  'a negative uint8': [{ dtype: 'uint8', data: [-1] }, '/data/0'],
  'a boolean in int8': [{ dtype: 'int8', data: [true] }, '/data/0'],
  'NaN in int32': [{ dtype: 'int32', data: ['NaN'] }, '/data/0'],
  '2^53 + 1 as a number in int64': [{ dtype: 'int64', data: [2 ** 53 + 1] }, '/data/0'],
  'int64 out of range': [{ dtype: 'int64', data: ['9223372036854775808'] }, '/data/0'],
  'a number in bool': [{ dtype: 'bool', data: [1] }, '/data/0'],
  'more elements than allowed': [{ shape: [1001], data: [] }, '', 'too_many_elements'],
  'seven dimensions': [[[[[[[[1]]]]]]], '', 'rank_too_high'],
  'seven dimensions of a shape': [{ shape: [1, 1, 1, 1, 1, 1, 1], data: [1] }, '', 'rank_too_high']
}

for (const [what, [value, pointer, code = 'invalid_tensor']] of Object.entries(refused)) {
  t.test(`${what} is refused where it stands`, async t => {
    try {
      decode(value)
      t.fail('it was accepted')
    } catch (thrown) {
      const error = thrown as BlockserveError
      t.equal(error.code, code)
      if (code === 'invalid_tensor') t.equal(error.mistakes[0]?.pointer, pointer)
    }
  })
}

t.test('a list nested a quarter of a million deep is refused without recursion', async t => {
  t.throws(() => decode(JSON.parse('['.repeat(250_000) + ']'.repeat(250_000))), { code: 'rank_too_high' })
})

t.test('int64 takes safe numbers and any string of digits', async t => {
  const { data } = decode({ dtype: 'int64', data: [-5, '9223372036854775807', '-9223372036854775808'] })
  t.same([...data], [-5n, 9223372036854775807n, -9223372036854775808n])
})

t.test('answers hold tensors anywhere and leave undefined members out', async t => {
  const tensor = hostTensor('float32', [2], new Float32Array([0.1, NaN]))
  t.equal(encode({ a: [tensor, 1, null, 'x"y'], b: undefined, '"k': { t: tensor } }),
    '{"a":[{"shape":[2],"dtype":"float32","data":[0.1,"NaN"]},1,null,"x\\"y"],"\\"k":{"t":{"shape":[2],"dtype":"float32","data":[0.1,"NaN"]}}}')
})
