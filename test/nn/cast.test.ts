import t from 'tap'
import fc from 'fast-check'
import { DTYPE_NAMES, hostTensor, type DType, type HostTensor } from '../../src/tensor.ts'
import { castTensor, toFloat32, toFloat64 } from '../../src/nn/cast.ts'

const float64 = (...values: number[]): HostTensor => hostTensor('float64', [values.length], Float64Array.from(values))
const cast = (dtype: DType, ...values: number[]): Array<number | bigint> => [...castTensor(float64(...values), dtype).data]

t.test('floats truncate towards zero in integers, and wrap where they do not fit', async t => {
  t.same(cast('int32', 1.9, -1.9, 2 ** 31, 2 ** 32 + 5), [1, -1, -(2 ** 31), 5])
  t.same(cast('int8', 127, 128, -129, 300), [127, -128, 127, 44])
  t.same(cast('uint8', 255, 256, -1), [255, 0, 255])
  t.same(cast('int64', 1.9, -1.9, 2 ** 62), [1n, -1n, 2n ** 62n])
})

t.test('what is no finite number has a place in every dtype', async t => {
  t.same(cast('int64', NaN, Infinity, -Infinity), new Array(3).fill(-(2n ** 63n)))
  t.same(cast('int32', NaN, Infinity), [0, 0])
  t.same(cast('float16', NaN, Infinity, -Infinity), [0x7e00, 0x7c00, 0xfc00])
  t.same(cast('bool', NaN, Infinity), [1, 1])
})

t.test('booleans tell zero from the rest', async t => {
  t.same(cast('bool', 0, -0, 0.5, -3), [0, 0, 1, 1])
})

t.test('float16 is read and written as numbers', async t => {
  t.same(cast('float16', 1, 0.1, 70000), [0x3c00, 0x2e66, 0x7c00])
  const half = hostTensor('float16', [2], Uint16Array.of(0x3c00, 0xc000))
  t.same([...castTensor(half, 'int64').data], [1n, -2n])
  t.same([...toFloat32(half)], [1, -2])
})

t.test('int64 beyond 2^53 is rounded only on its way to a float', async t => {
  const large = hostTensor('int64', [1], BigInt64Array.of(2n ** 53n + 1n))
  t.same([...castTensor(large, 'float64').data], [2 ** 53])
  t.equal(castTensor(large, 'int64'), large)
})

t.test('nothing is copied when nothing changes', async t => {
  const single = hostTensor('float32', [1], Float32Array.of(1))
  t.equal(castTensor(single, 'float32'), single)
  t.equal(toFloat32(single), single.data)
})

t.test('small integers survive every way there and back', async () => {
  const dtypes = fc.constantFrom(...DTYPE_NAMES.filter(dtype => dtype !== 'bool'))
  fc.assert(fc.property(dtypes, dtypes, fc.array(fc.integer({ min: 0, max: 127 })), (first, second, values) => {
    const there = castTensor(castTensor(float64(...values), first), second)
    return there.dtype === second && toFloat64(castTensor(there, first)).every((value, i) => value === values[i])
  }))
})
