import t from 'tap'
import fc from 'fast-check'
import * as tf from '@tensorflow/tfjs-core'
import { openWasm } from '../../wasm.ts'
import { difference, read, readOn, seeds, tensor } from '../tensors.ts'

await openWasm()

const LETTERS = [...'abcde']
const term = fc.shuffledSubarray(LETTERS, { maxLength: 3 })

/** A sum over index letters: those of its terms and of its output, and the size of each letter. */
interface Sum { readonly terms: readonly string[][], readonly output: readonly string[], readonly sizes: readonly number[] }

/** One or two terms of any letters, and an output of any of theirs in any order. */
const sums: fc.Arbitrary<Sum> = fc.array(term, { minLength: 1, maxLength: 2 }).chain(terms => fc.record({
  terms: fc.constant(terms),
  output: fc.shuffledSubarray([...new Set(terms.flat())]),
  sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: LETTERS.length, maxLength: LETTERS.length })
}))

const shapeOf = (letters: readonly string[], { sizes }: Sum): number[] => letters.map(letter => sizes[LETTERS.indexOf(letter)] as number)

/** The definition: every product of one element of each term is added to one element of the output. */
function reference (sum: Sum, terms: readonly Float32Array[]): number[] {
  const all = [...new Set(sum.terms.flat())]
  const output = Array<number>(tf.util.sizeFromShape(shapeOf(sum.output, sum))).fill(0)
  for (let number = 0; number < tf.util.sizeFromShape(shapeOf(all, sum)); number++) {
    const place = tf.util.indexToLoc(number, all.length, tf.util.computeStrides(shapeOf(all, sum)))
    const offset = (letters: readonly string[]): number =>
      letters.reduce((at, letter) => at * (sum.sizes[LETTERS.indexOf(letter)] as number) + (place[all.indexOf(letter)] as number), 0)
    const product = terms.reduce((total, values, i) => total * (values[offset(sum.terms[i] as string[])] as number), 1)
    output[offset(sum.output)] = output[offset(sum.output)] as number + product
  }
  return output
}

t.test('sums over index letters are what the definition says, for any letters', async () => {
  await tf.setBackend('wasm')
  fc.assert(fc.property(sums, seeds, (sum, seed) => {
    const equation = `${sum.terms.map(letters => letters.join('')).join(',')}->${sum.output.join('')}`
    // Multiples of a half, so that the sums are exact in any order.
    const terms = sum.terms.map((letters, i) => tensor(shapeOf(letters, sum), seed + i, true))
    const expected = [{ shape: shapeOf(sum.output, sum), dtype: 'float32', values: reference(sum, terms.map(x => x.dataSync<'float32'>())) }]
    const found = difference(read(() => tf.einsum(equation, ...terms)), expected, 0)
    tf.dispose(terms)
    if (found !== undefined) throw new Error(`${equation}: ${found}`)
  }), { numRuns: 200 })
})

t.test('whole numbers are summed, too', async t => {
  const [result] = await readOn('wasm', () => tf.einsum('ij,jk->ik', tf.tensor2d([1, 2], [1, 2], 'int32'), tf.tensor2d([3, 4], [2, 1], 'int32')))
  t.same([result?.dtype, result?.values], ['int32', [11]])
})

t.test('an equation that means nothing is refused', async t => {
  for (const text of ['ii->i', 'i', 'i,i,i->i', '...i->i', 'i->j']) t.throws(() => tf.tidy(() => tf.einsum(text, tf.ones([2]))), text)
})
