/** One function per op of the case language. */
import { ARRAYS } from './arrays.ts'
import { BLOCKS } from './blocks.ts'
import { FILES } from './files.ts'
import { GRADIENTS } from './gradients.ts'
import { PARAMETERS } from './parameters.ts'
import { RANDOM } from './random.ts'
import type { StepTable } from './step.ts'
import { TEXTS } from './texts.ts'

export const STEPS: StepTable = { ...RANDOM, ...ARRAYS, ...BLOCKS, ...TEXTS, ...GRADIENTS, ...PARAMETERS, ...FILES }
