import t from 'tap'
import { numberToFloat16 } from '../../src/float16.ts'
import { castTensor } from '../../src/nn/cast.ts'
import { castExactly } from '../../src/runtime/cast-exactly.ts'
import { patchTensor } from '../../src/runtime/patch.ts'
import { hostTensor, type DType, type HostTensor } from '../../src/tensor.ts'
import { errorOf, tensor } from './harness.ts'

const numbers = (value: HostTensor): number[] => [...castTensor(value, 'float64').data].map(Number)
const of = (dtype: DType, shape: number[], ...values: number[]): HostTensor => castTensor(hostTensor('float64', shape, Float64Array.from(values)), dtype)
const grid = tensor([2, 3], 1, 2, 3, 4, 5, 6)

t.test('a number or a tensor that broadcasts is set in a slice, or added to it', async t => {
  const set = (slice: string, value: HostTensor): number[] => numbers(patchTensor(grid, 'w', { slice, set: value }))
  const add = (slice: string, value: HostTensor): number[] => numbers(patchTensor(grid, 'w', { slice, add: value }))
  t.same(set('0,0', tensor([], 42)), [42, 2, 3, 4, 5, 6])
  t.same(set('1', tensor([], 0)), [1, 2, 3, 0, 0, 0])
  t.same(add(':', tensor([], 1)), [2, 3, 4, 5, 6, 7])
  t.same(add(':,1', tensor([2], 10, 20)), [1, 12, 3, 4, 25, 6])
  t.same(set('...', tensor([2, 1], 7, 8)), [7, 7, 7, 8, 8, 8])
  t.same(set(':,::-1', tensor([3], 1, 2, 3)), [3, 2, 1, 3, 2, 1])
  t.same(set('0:0', tensor([], 9)), [1, 2, 3, 4, 5, 6], 'an empty slice changes nothing')
  t.same(numbers(grid), [1, 2, 3, 4, 5, 6], 'and the original stays')
})

t.test('a value that does not broadcast, or a slice that is none, is refused', async t => {
  t.match(errorOf(() => patchTensor(grid, 'w', { slice: '0', set: tensor([2], 1, 2) })), { code: 'shape_mismatch', message: /\(2,\).*\(3,\)/ })
  t.match(errorOf(() => patchTensor(grid, 'w', { slice: '0,0', set: tensor([1, 1], 1) })), { code: 'shape_mismatch' })
  t.match(errorOf(() => patchTensor(grid, 'w', { slice: '2', set: tensor([], 1) })), { code: 'invalid_slice', message: /out of range/ })
})

for (const dtype of ['float32', 'float64', 'float16', 'int8', 'uint8', 'int32', 'int64'] as const) {
  t.test(`elements of ${dtype} are set and added as numbers`, async t => {
    const value = of(dtype, [3], 1, 2, 3)
    const added = patchTensor(value, 'w', { slice: '1:', add: tensor([], 5) })
    t.equal(added.dtype, dtype)
    t.same(numbers(added), [1, 7, 8])
    t.same(numbers(patchTensor(value, 'w', { slice: '0', set: of('int64', [], 9) })), [9, 2, 3])
  })
}

t.test('booleans add as or, floats of 16 bits round once', async t => {
  t.same(numbers(patchTensor(of('bool', [4], 0, 0, 1, 1), 'w', { slice: ':', add: of('bool', [4], 0, 1, 0, 1) })), [0, 1, 1, 1])
  t.same([...patchTensor(of('float16', [1], 2048), 'w', { slice: ':', add: tensor([], 1) }).data], [numberToFloat16(2049)])
  t.same([...patchTensor(of('int64', [1], 2 ** 53), 'w', { slice: ':', add: of('int64', [], 1) }).data], [2n ** 53n + 1n])
})

t.test('a value keeps its meaning in the dtype of the parameter, or is refused with both dtypes', async t => {
  t.same([...castExactly(tensor([2], 1, -2), 'int64', 'w').data], [1n, -2n])
  t.same([...castExactly(tensor([2], 1, 0), 'bool', 'w').data], [1, 0])
  t.same([...castExactly(of('float64', [1], 0.1), 'float32', 'w').data], [Math.fround(0.1)], 'floats are rounded')
  t.same([...castExactly(tensor([2], NaN, Infinity), 'float16', 'w').data], [0x7e00, 0x7c00])
  const refused: ReadonlyArray<[HostTensor, DType]> = [
    [tensor([1], 0.5), 'int32'], [tensor([1], NaN), 'int32'], [tensor([1], NaN), 'int64'], [tensor([1], -Infinity), 'int64'], [tensor([1], 2), 'bool'],
    [tensor([1], 300), 'uint8'], [tensor([1], -1), 'uint8'], [tensor([1], 1e30), 'int64'], [of('float64', [1], 1e300), 'float32'], [tensor([1], 70000), 'float16'],
    [of('int64', [1], 2 ** 40), 'int32'], [of('int32', [1], 2 ** 24 + 1), 'float32'], [hostTensor('int64', [1], BigInt64Array.of(2n ** 53n + 1n)), 'float64']
  ]
  for (const [value, dtype] of refused) {
    const what = `${value.dtype} ${String(value.data[0])} is no ${dtype}`
    t.match(errorOf(() => castExactly(value, dtype, 'w')), { code: 'dtype_conflict', message: new RegExp(`'w'.*${dtype}.*${value.dtype}`) }, what)
  }
})

t.test('nothing is copied when the dtype is the same', async t => { t.equal(castExactly(grid, 'float32', 'w'), grid) })
