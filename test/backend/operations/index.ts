/** Every operation that Blocks use, or can. */
import { ARRANGEMENTS } from './arrangements.ts'
import { ELEMENTWISE } from './elementwise.ts'
import type { Operations } from './operation.ts'
import { PRODUCTS } from './products.ts'
import { REDUCTIONS } from './reductions.ts'
import { WINDOWS } from './windows.ts'

export type { Call, Operation } from './operation.ts'

export const OPERATIONS: Operations = { ...PRODUCTS, ...ELEMENTWISE, ...REDUCTIONS, ...ARRANGEMENTS, ...WINDOWS }
