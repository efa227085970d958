/** blockserve as a library: Gluon's programming model on TensorFlow.js, and MXNet's files. */
export { Type } from 'typebox'
export { selectBackend } from './backend/select.ts'
export { BlockserveError } from './errors.ts'
export { load, load_parameters, save, save_parameters, type Loaded, type Saveable } from './files.ts'
export * from './nn/index.ts'
export { print } from './nn/print.ts'
export { formatShape, type DType, type HostTensor, type Shape } from './tensor.ts'
