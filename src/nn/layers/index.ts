/** The layer families, each in its own file. */
export { Activation, ACTIVATIONS } from './activation.ts'
export { Dense, type DenseOptions } from './dense.ts'
export { Dropout } from './dropout.ts'
export { Flatten } from './flatten.ts'
export { HybridLambda, Lambda } from './lambda.ts'
export { HybridSequential, Sequential } from './sequential.ts'
