import t from 'tap'
import { hostTensor, type Shape } from '../../../src/tensor.ts'
import { printedMismatch } from './printed.ts'

const array = (shape: Shape, values: readonly number[]) => hostTensor('float32', shape, Float32Array.from(values))
const counting = (shape: Shape, n: number) => array(shape, Array.from({ length: n }, (_, i) => i))

t.test('numbers of an array are read from what NumPy prints, over several lines', async t => {
  t.equal(printedMismatch('array([[0.  , 1.],\n       [-2.5, 3e-1]])', ['array(', array([2, 2], [0, 1, -2.5, 0.3]), ')']), undefined)
  t.equal(printedMismatch('[ True False]\n', [hostTensor('bool', [2], Uint8Array.of(1, 0)), '\n']), undefined)
  t.equal(printedMismatch('array(5.5)', ['array(', array([], [5.5]), ')']), undefined)
})

t.test('an ellipsis stands for what is not printed, on every axis', async t => {
  const big = '[[0. 1. ... 8. 9.]\n ...\n [90. 91. ... 98. 99.]]'
  t.equal(printedMismatch(big, [counting([10, 10], 100)]), undefined)
  t.match(printedMismatch(big.replace('98', '97'), [counting([10, 10], 100)]), 'value 98: expected 97')
})

t.test('another number, shape, text, or something missing is a mismatch', async t => {
  t.match(printedMismatch('[0.5 1.]', [array([2], [0.5, 1.000001])]), 'value 1')
  t.match(printedMismatch('[0.5 1.]', [array([3], [0.5, 1, 2])]), 'received an array of shape (3,)')
  t.match(printedMismatch('[0.5 1.]', [array([2, 1], [0.5, 1])]), 'shape (2, 1)')
  t.match(printedMismatch('Init a\n', ['Init b', '\n']), 'expected "Init a')
  t.match(printedMismatch('Init a\nInit b\n', ['Init a', '\n']), 'too')
})

t.test('the tolerance is 1e-7 around one, and relative for small and large numbers', async t => {
  t.equal(printedMismatch('[0.1]', [array([1], [0.1 + 9e-8])]), undefined)
  t.match(printedMismatch('[0.1]', [array([1], [0.1 + 2e-7])]), 'value 0')
  t.match(printedMismatch('[1e-9]', [array([1], [1.00001e-9])]), 'value 0')
  t.equal(printedMismatch('[1e-9]', [array([1], [2e-9])], 1e-8), undefined)
})
