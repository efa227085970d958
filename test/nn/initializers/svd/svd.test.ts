import fc from 'fast-check'
import t from 'tap'
import { singularVectors } from '../../../../src/nn/initializers/svd/svd.ts'

type Columns = Float64Array[]

const element = fc.oneof(fc.float({ min: -10, max: 10, noNaN: true }), fc.constantFrom(0, 1, -1))
const matrix = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })).chain(([rows, columns]) =>
  fc.array(fc.array(element, { minLength: rows, maxLength: rows }), { minLength: columns, maxLength: columns }))

const copy = (values: number[][]): Columns => values.map(column => Float64Array.from(column))
const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)

/** A·v */
function times (a: Columns, v: Float64Array): Float64Array {
  return (a[0] as Float64Array).map((_, i) => a.reduce((sum, column, j) => sum + (column[i] as number) * (v[j] as number), 0))
}

/** Whether `vectors` are orthonormal. */
function orthonormal (vectors: Columns): boolean {
  return vectors.every((a, i) => vectors.every((b, j) => Math.abs(dot(a, b) - (i === j ? 1 : 0)) < 1e-12))
}

t.test('singular vectors are orthonormal and make every matrix diagonal, with values that are positive and fall', async t => {
  fc.assert(fc.property(matrix, values => {
    const a = copy(values)
    const { u, v } = singularVectors(copy(values))
    t.equal(u.length, Math.min(a.length, (a[0] as Float64Array).length))
    t.ok(orthonormal(u) && orthonormal(v))
    const product = v.map(right => times(a, right))
    const sizes = product.map((image, i) => dot(u[i] as Float64Array, image))
    t.ok(product.every((image, j) => u.every((left, i) => i === j || Math.abs(dot(left, image)) < 1e-9)), 'off the diagonal there is nothing')
    t.ok(sizes.every((size, i) => size > -1e-9 && (i === 0 || size <= (sizes[i - 1] as number) + 1e-9)))
    const squares = a.reduce((sum, column) => sum + dot(column, column), 0)
    t.ok(Math.abs(squares - sizes.reduce((sum, size) => sum + size ** 2, 0)) < 1e-8 * (1 + squares), 'no singular value is lost')
  }), { numRuns: 300 })
})
