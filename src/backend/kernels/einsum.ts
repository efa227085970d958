/** Einsum on WASM, as transpositions and a batch of matrix products. */
import * as tf from '@tensorflow/tfjs-core'
import { products } from './batched-products.ts'
import { onCpu } from './on-cpu.ts'
import { inSteps, reshaped, type Kernels, type Steps } from './steps.ts'

const UNSWAPPED = { transposeA: false, transposeB: false }

/** A tensor whose axes are letters. */
interface Term { readonly info: tf.TensorInfo, readonly letters: string }

/** Einsum of one or two tensors; each letter at most once in each. */
export function einsum (kernels: Kernels): tf.KernelFunc {
  const anyDType = onCpu('Einsum')
  const fast = inSteps(kernels, (steps, inputs, attrs) =>
    sumOver(steps, Object.values(inputs) as tf.TensorInfo[], (attrs as tf.EinsumAttrs).equation))
  return params => Object.values(params.inputs).every(info => info?.dtype === 'float32') ? fast(params) : anyDType(params)
}

function sumOver (steps: Steps, tensors: readonly tf.TensorInfo[], equation: string): tf.TensorInfo {
  // Refuses what it does not know: an ellipsis, a letter twice in a term, more than two terms.
  const { allDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, tensors.length)
  tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors as tf.Tensor[])
  const output = equation.replaceAll(/\s/g, '').split('->')[1] as string
  const [a, b] = tensors.map((info, i) => ({ info, letters: (idDims[i] as number[]).map(id => allDims[id]).join('') }))
  const single = b === undefined ? a as Term : multiplied(steps, a as Term, b, output)
  return arranged(steps, summed(steps, single, output), output)
}

/** The product of two terms: a batch over the letters they share with the output, summed over those they share otherwise. */
function multiplied (steps: Steps, first: Term, second: Term, output: string): Term {
  const a = summed(steps, first, output + second.letters)
  const b = summed(steps, second, output + first.letters)
  const shared = [...a.letters].filter(letter => b.letters.includes(letter))
  const batch = shared.filter(letter => output.includes(letter)).join('')
  const inner = shared.filter(letter => !output.includes(letter)).join('')
  const rows = without(a.letters, batch + inner)
  const columns = without(b.letters, batch + inner)
  const left = matrices(steps, a, batch, rows, inner)
  const right = matrices(steps, b, batch, inner, columns)
  const letters = batch + rows + columns
  const info = reshaped(products(steps, { a: left, b: right }, UNSWAPPED), [...letters].map(letter => sizeOf(letter, a, b)))
  return { info, letters }
}

const without = (letters: string, others: string): string => [...letters].filter(letter => !others.includes(letter)).join('')

function sizeOf (letter: string, ...terms: readonly Term[]): number {
  const term = terms.find(({ letters }) => letters.includes(letter)) as Term
  return term.info.shape[term.letters.indexOf(letter)] as number
}

/** A term as a batch of matrices. */
function matrices (steps: Steps, term: Term, batch: string, rows: string, columns: string): tf.TensorInfo {
  const shape = [batch, rows, columns].map(letters => [...letters].reduce((size, letter) => size * sizeOf(letter, term), 1))
  return reshaped(arranged(steps, term, batch + rows + columns), shape)
}

/** A term summed over the letters that are not in `kept`. */
function summed (steps: Steps, { info, letters }: Term, kept: string): Term {
  const axis = [...Array(letters.length).keys()].filter(i => !kept.includes(letters[i] as string))
  if (axis.length === 0) return { info, letters }
  return { info: steps.run('Sum', { x: info }, { axis, keepDims: false }), letters: [...letters].filter(letter => kept.includes(letter)).join('') }
}

/** A term with its letters in another order, as a tensor of its own. */
const arranged = (steps: Steps, { info, letters }: Term, order: string): tf.TensorInfo =>
  steps.run('Transpose', { x: info }, { perm: [...order].map(letter => letters.indexOf(letter)) })
