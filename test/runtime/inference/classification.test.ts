import fc from 'fast-check'
import t from 'tap'
import { classify } from '../../../src/runtime/inference/classification.ts'
import { hostTensor } from '../../../src/tensor.ts'

const float32 = (shape: number[], ...data: number[]) => hostTensor('float32', shape, Float32Array.from(data))
const parts = ({ values, indices }: ReturnType<typeof classify>): unknown => [values.shape, [...values.data], [...indices]]

t.test('the largest come first, of equal ones the first, NaN last', async t => {
  t.same(parts(classify(float32([1, 5], 1, 3, NaN, 3, -1), 3, true)), [[1, 3], [3, 3, 1], [1, 3, 0]])
  t.same(parts(classify(float32([1, 3], NaN, -Infinity, NaN), 3, true)), [[1, 3], [-Infinity, NaN, NaN], [1, 0, 2]])
})

t.test('of each row, or of the whole where rows are not apart', async t => {
  const tensor = float32([2, 3], 1, 2, 3, 6, 5, 4)
  t.same(parts(classify(tensor, 2, true)), [[2, 2], [3, 2, 6, 5], [2, 1, 0, 1]])
  t.same(parts(classify(tensor, 2, false)), [[2], [6, 5], [3, 4]])
  t.same(parts(classify(float32([2, 1, 2], 1, 2, 4, 3), 1, true)), [[2, 1], [2, 4], [1, 0]])
})

t.test('more than there are gives all there are; nothing gives nothing', async t => {
  t.same(parts(classify(float32([1, 2], 1, 2), 99, true)), [[1, 2], [2, 1], [1, 0]])
  t.same(parts(classify(float32([0, 2]), 1, true)), [[0, 1], [], []])
  t.same(parts(classify(float32([], 7), 3, false)), [[1], [7], [0]])
})

t.test('values keep their dtype', async t => {
  const { values } = classify(hostTensor('int64', [1, 3], BigInt64Array.of(5n, 2n ** 60n, -1n)), 2, true)
  t.same([values.dtype, [...values.data]], ['int64', [2n ** 60n, 5n]])
  const half = classify(hostTensor('float16', [1, 2], Uint16Array.of(0xbc00, 0x3c00)), 1, true)
  t.same([[...half.values.data], [...half.indices]], [[0x3c00], [1]], 'half precision is compared by value, not by pattern')
})

t.test('it is the head of the sorted row, for any row', async t => {
  const rows = fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 30 })
  fc.assert(fc.property(rows, fc.integer({ min: 1, max: 30 }), (row, count) => {
    const { values, indices } = classify(float32([1, row.length], ...row), count, true)
    const sorted = [...row].sort((a, b) => b - a).slice(0, count)
    t.equal(sorted.length, values.data.length)
    t.ok(sorted.every((value, i) => value === values.data[i]), `${values.data.join()} for ${sorted.join()}`)
    t.ok([...indices].every((index, i) => row[index] === values.data[i]) && new Set(indices).size === sorted.length)
  }))
})
