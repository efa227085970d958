/** Every operator of the statement language: what it takes, and what it does. Checks and evaluation both read this table. */
import * as np from '../np/ops.ts'
import type { NDArray } from '../np/array.ts'
import type { Shape } from '../../tensor.ts'
import type { Value } from './value.ts'

/** What stands in an argument's place: an expression, or a literal. */
export type ArgumentKind = 'expression' | 'child' | 'param' | 'axis' | 'shape'

/** What operators need from the program that runs. */
export interface Machine {
  callChild (name: string, args: readonly Value[]): Value
  chain (value: Value): Value
  param (name: string): NDArray
  /** The value as a float32 array; throws when it is a list. */
  array (value: Value): NDArray
}

export interface Operator {
  readonly args: readonly ArgumentKind[]
  /** How many of the last of `args` may be left out. */
  readonly optional?: number
  /** Further arguments, any number of them. */
  readonly rest?: ArgumentKind
  /** Evaluated expressions, and literals as they are written. */
  apply (machine: Machine, args: readonly unknown[]): Value
}

const unary = (fn: (x: NDArray) => NDArray): Operator => ({
  args: ['expression'],
  apply: (machine, [x]) => fn(machine.array(x as Value))
})

const binary = (onArrays: (a: np.Operand, b: np.Operand) => NDArray, onNumbers: (a: number, b: number) => number): Operator => ({
  args: ['expression', 'expression'],
  apply: (machine, [a, b]) => {
    if (typeof a === 'number' && typeof b === 'number') return onNumbers(a, b)
    const operand = (value: unknown): np.Operand => typeof value === 'number' ? value : machine.array(value as Value)
    return onArrays(operand(a), operand(b))
  }
})

const reduction = (fn: (x: NDArray, axis?: number) => NDArray): Operator => ({
  args: ['expression', 'axis'],
  optional: 1,
  apply: (machine, [x, axis]) => fn(machine.array(x as Value), axis as number | undefined)
})

const TABLE: Readonly<Record<string, Operator>> = {
  call: { args: ['child', 'expression'], rest: 'expression', apply: (machine, [name, ...args]) => machine.callChild(name as string, args as Value[]) },
  chain: { args: ['expression'], apply: (machine, [value]) => machine.chain(value as Value) },
  param: { args: ['param'], apply: (machine, [name]) => machine.param(name as string) },
  add: binary(np.add, (a, b) => a + b),
  sub: binary(np.subtract, (a, b) => a - b),
  mul: binary(np.multiply, (a, b) => a * b),
  div: binary(np.divide, (a, b) => a / b),
  gt: binary(np.greater, (a, b) => Number(a > b)),
  lt: binary(np.less, (a, b) => Number(a < b)),
  dot: { args: ['expression', 'expression'], apply: (machine, [a, b]) => np.dot(machine.array(a as Value), machine.array(b as Value)) },
  relu: unary(np.relu),
  sigmoid: unary(np.sigmoid),
  abs: unary(np.abs),
  exp: unary(np.exp),
  tanh: unary(np.tanh),
  square: unary(np.square),
  sqrt: unary(np.sqrt),
  sum: reduction(np.sum),
  mean: reduction(np.mean),
  max: reduction(np.max),
  reshape: { args: ['expression', 'shape'], apply: (machine, [x, shape]) => np.reshape(machine.array(x as Value), shape as Shape) },
  concat: {
    args: ['axis', 'expression'],
    rest: 'expression',
    apply: (machine, [axis, ...values]) => np.concatenate(values.map(value => machine.array(value as Value)), axis as number)
  }
}

export const OPERATOR_NAMES = Object.keys(TABLE)

export const operatorOf = (name: unknown): Operator | undefined => typeof name === 'string' && Object.hasOwn(TABLE, name) ? TABLE[name] : undefined

/** The kind of the argument at a position; undefined when there may be none. */
export const kindAt = (operator: Operator, position: number): ArgumentKind | undefined => operator.args[position] ?? operator.rest
