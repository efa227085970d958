/** Runs the forward of a program: an interpreter. Names are looked up in Maps and in nothing else. */
import * as tf from '@tensorflow/tfjs-core'
import { BlockserveError, problem } from '../../errors.ts'
import { asscalar, isNDArray, type NDArray } from '../np/array.ts'
import { INPUT, type Expression, type Statement } from './language.ts'
import { Meter } from './meter.ts'
import { kindAt, operatorOf, type Machine } from './operators.ts'
import { arraysIn, type Value } from './value.ts'

/** What a program may reach of its block. */
export interface Host {
  readonly name: string
  callChild (name: string, args: readonly Value[]): Value
  chain (value: Value): Value
  param (name: string): NDArray
}

/** The value of `return`, or undefined when the statements ended without one. */
type Completion = Value | undefined

/** Runs `forward` on an input. Throws `forward_failed`, `program_limit`, `deadline_exceeded`, and what operators and children throw. */
export function evaluate (host: Host, forward: readonly Statement[], input: Value): Value {
  return Meter.run(meter => new Evaluation(host, meter, input).result(forward))
}

class Evaluation implements Machine {
  readonly #host: Host
  readonly #meter: Meter
  readonly #variables = new Map<string, Value>()

  constructor (host: Host, meter: Meter, input: Value) {
    this.#host = host
    this.#meter = meter
    this.#variables.set(INPUT, input)
  }

  result (statements: readonly Statement[]): Value {
    const value = this.#run(statements)
    if (value === undefined) throw this.#failed('it ended without a return')
    return typeof value === 'number' ? tf.scalar(value) : value
  }

  callChild (name: string, args: readonly Value[]): Value { return this.#host.callChild(name, args.map(arg => this.#argument(arg))) }

  chain (value: Value): Value { return this.#host.chain(this.#argument(value)) }

  param (name: string): NDArray { return this.#host.param(name) }

  array (value: Value): NDArray {
    if (typeof value === 'number') return tf.scalar(value)
    if (!isNDArray(value)) throw this.#failed(`an operator was given a list of ${value.length} arrays`)
    return value.dtype === 'float32' ? value : tf.cast(value, 'float32')
  }

  #argument (value: Value): Value { return typeof value === 'number' ? tf.scalar(value) : value }

  #run (statements: readonly Statement[]): Completion {
    for (const statement of statements) {
      this.#meter.statement(this.#host.name)
      const value = this.#meter.nested(this.#host.name, () => this.#execute(statement))
      if (value !== undefined) return value
    }
    return undefined
  }

  #execute ([word, first, ...rest]: Statement): Completion {
    switch (word) {
      case 'let': this.#variables.set(first as string, this.#value(rest[0] as Expression)); return undefined
      case 'return': return this.#value(first as Expression)
      case 'if': return this.#run((this.#holds(first as Expression, word) ? rest[0] : rest[1] ?? []) as readonly Statement[])
      case 'while': return this.#loop(first as Expression, rest[0] as readonly Statement[])
      default: throw this.#failed(`there is no statement '${word}'`)
    }
  }

  /** Frees what each turn made, but for what variables hold, so that long loops need no more memory than short ones. */
  #loop (condition: Expression, body: readonly Statement[]): Completion {
    const outside = new Set(this.#live())
    let made: readonly NDArray[] = []
    while (this.#holds(condition, 'while')) {
      this.#meter.turn(this.#host.name)
      const completion = this.#turn(body)
      const live = new Set([...this.#live(), ...arraysIn(completion)])
      for (const array of made) if (!live.has(array) && !array.kept && !array.isDisposed) array.dispose()
      made = [...live].filter(array => !outside.has(array))
      if (completion !== undefined) return completion
    }
    return undefined
  }

  #turn (body: readonly Statement[]): Completion {
    let completion: Completion
    tf.tidy(() => {
      completion = this.#run(body)
      return [...this.#live(), ...arraysIn(completion)]
    })
    return completion
  }

  #live (): NDArray[] { return [...this.#variables.values()].flatMap(arraysIn) }

  #holds (condition: Expression, word: string): boolean {
    let holds = false
    tf.tidy(() => { holds = this.#truth(this.#value(condition), word) })
    return holds
  }

  #truth (value: Value, word: string): boolean {
    if (typeof value === 'number') return value !== 0
    if (isNDArray(value) && value.size === 1) return asscalar(value) !== 0
    const received = isNDArray(value) ? `${value.size} elements` : `${value.length} arrays`
    throw this.#failed(`the condition of '${word}' has ${received}, one element is needed`)
  }

  #value (expression: Expression): Value {
    if (typeof expression === 'number') return expression
    if (typeof expression === 'string') return this.#variable(expression)
    return this.#meter.nested(this.#host.name, () => this.#apply(expression))
  }

  #variable (name: string): Value {
    const value = this.#variables.get(name)
    if (value === undefined) throw this.#failed(`variable '${name}' is not set on this path`)
    return value
  }

  #apply ([name, ...args]: readonly unknown[]): Value {
    const operator = operatorOf(name)
    if (operator === undefined) throw this.#failed(`there is no operator '${String(name)}'`)
    this.#meter.step()
    const values = args.map((arg, i) => kindAt(operator, i) === 'expression' ? this.#value(arg as Expression) : arg)
    try {
      return operator.apply(this, values)
    } catch (cause) {
      if (cause instanceof BlockserveError) throw cause
      throw this.#failed(`${String(name)}: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
    }
  }

  #failed (detail: string, cause?: unknown): Error {
    return problem('forward_failed', { block: this.#host.name, detail }, { cause })
  }
}
