/** Every command of the product. */
import * as architectures from './architectures.ts'
import * as arrays from './arrays.ts'
import * as blocks from './blocks.ts'
import * as catalogue from './catalogue.ts'
import * as checkpoints from './checkpoints.ts'
import * as compute from './compute.ts'
import * as inference from './inference.ts'
import * as models from './models.ts'
import * as parameters from './parameters.ts'
import * as runtime from './runtime.ts'
import type { Operation } from './define.ts'

export * from './architectures.ts'
export * from './arrays.ts'
export * from './blocks.ts'
export * from './catalogue.ts'
export * from './checkpoints.ts'
export * from './compute.ts'
export * from './inference.ts'
export * from './models.ts'
export * from './parameters.ts'
export * from './runtime.ts'
export type { Input, Operation, OperationKind, Output } from './define.ts'

const isOperation = (value: unknown): value is Operation => typeof value === 'object' && value !== null && 'kind' in value && 'output' in value

/** All operations, by noun. */
export const OPERATIONS: readonly Operation[] =
  [runtime, catalogue, architectures, models, compute, blocks, parameters, checkpoints, arrays, inference]
    .flatMap(noun => Object.values<unknown>(noun).filter(isOperation))
