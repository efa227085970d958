/** The expressions of `expr` steps, over the arrays of a case. */
import * as np from '../../src/nn/np/index.ts'
import type { NDArray, Operand } from '../../src/nn/np/index.ts'
import type { Context } from './context.ts'
import { NotBuilt } from './received.ts'

export type Expression = number | string | readonly [string, ...unknown[]]

const BINARY: Readonly<Record<string, (a: Operand, b: Operand) => NDArray>> = {
  add: np.add, sub: np.subtract, mul: np.multiply, div: np.divide, gt: np.greater, lt: np.less
}

const UNARY: Readonly<Record<string, (x: NDArray) => NDArray>> = {
  relu: np.relu, sigmoid: np.sigmoid, abs: np.abs, exp: np.exp, tanh: np.tanh, square: np.square, sqrt: np.sqrt
}

const REDUCTIONS: Readonly<Record<string, (x: NDArray, axis?: number) => NDArray>> = { sum: np.sum, mean: np.mean, max: np.max }

/** The array an expression stands for. Throws NotBuilt for an operator that does not exist. */
export function evaluate (context: Context, expression: Expression): NDArray {
  const value = operand(context, expression)
  return typeof value === 'number' ? np.array(value) : value
}

/** The names of the variables in an expression. */
export function variablesOf (expression: unknown): string[] {
  if (typeof expression === 'string') return [expression]
  return Array.isArray(expression) ? expression.slice(1).flatMap(variablesOf) : []
}

function operand (context: Context, expression: Expression): Operand {
  if (typeof expression === 'number') return expression
  if (typeof expression === 'string') return context.array(expression)
  const [operator, ...rest] = expression
  const at = (i: number): NDArray => evaluate(context, rest[i] as Expression)
  const [binary, unary, reduction] = [BINARY[operator], UNARY[operator], REDUCTIONS[operator]]
  if (binary !== undefined) return binary(operand(context, rest[0] as Expression), operand(context, rest[1] as Expression))
  if (unary !== undefined) return unary(at(0))
  if (reduction !== undefined) return reduction(at(0), rest[1] as number | undefined)
  if (operator === 'dot') return np.dot(at(0), at(1))
  if (operator === 'reshape') return np.reshape(at(0), rest[1] as number[])
  if (operator === 'concat') return np.concatenate(rest.slice(1).map((_, i) => at(i + 1)), rest[0] as number)
  throw new NotBuilt(`operator ${operator}`)
}
