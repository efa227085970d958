import t from 'tap'
import { Flatten } from '../../../src/nn/index.ts'
import { call, counting, inSession, numbers } from '../harness.ts'

t.test('Flatten keeps the first dimension and takes the others together', async t => {
  inSession(() => {
    const flatten = new Flatten()
    t.same(call(flatten, counting(2, 3, 4)).shape, [2, 12])
    t.same(numbers(call(flatten, counting(2, 3))), [1, 2, 3, 4, 5, 6])
    t.same(call(flatten, counting(5)).shape, [5, 1])
    t.same(call(flatten, counting(0, 3, 2)).shape, [0, 6])
    t.equal(String(flatten), 'Flatten')
  })
})

t.test('a dimension that is unknown makes the product unknown', async t => {
  inSession(() => {
    t.same(new Flatten().infer_output_shapes([[-1, 3, 4]]), [[-1, 12]])
    t.same(new Flatten().infer_output_shapes([[2, -1, 4]]), [[2, -1]])
  })
})
