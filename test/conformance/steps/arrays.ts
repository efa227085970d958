import { hostOf } from '../../../src/nn/np/index.ts'
import type { Context } from '../context.ts'
import { evaluate, variablesOf, type Expression } from '../expression.ts'
import type { PrintedTensor } from '../format.ts'
import { largest, numbersOf, parseTensor } from '../tensors.ts'
import type { Received } from '../received.ts'
import type { StepTable } from './step.ts'

function tensor (context: Context, step: PrintedTensor & { out: string }): Received {
  context.set(step.out, parseTensor(step))
  return {}
}

/** A sum of numbers that cancel is as far off as the numbers are large. */
function expr (context: Context, step: { expr: Expression, out: string }): Received {
  const value = evaluate(context, step.expr)
  context.set(step.out, value)
  const scale = largest(variablesOf(step.expr).flatMap(name => [...numbersOf(hostOf(context.array(name)))]))
  return { tensor: { ...context.measured(hostOf(value)), scale } }
}

export const ARRAYS: StepTable = { tensor, expr }
