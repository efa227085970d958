/** The array functions of `mxnet.np` and `mxnet.npx` that Blocks use. */
export { array, asnumpy, asscalar, asscalar as item, checkShape, hostOf, isNDArray, type ArrayLike, type NDArray, type NestedNumbers } from './array.ts'
export {
  abs, add, arange, concatenate, divide, dot, equal, exp, greater, less, log, max, maximum, mean, minimum, multiply, negative, ones, relu,
  reshape, sigmoid, sqrt, square, subtract, sum, tanh, zeros, type Operand
} from './ops.ts'
export * as random from './random.ts'
