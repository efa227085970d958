import { knownNames, listNames } from '../../errors.ts'
import { MAX_RANK } from '../../tensor.ts'
import { at, show } from '../json.ts'
import { INPUT, MAX_NESTING, MAX_NODES } from './language.ts'
import type { Mistakes } from '../spec/mistakes.ts'
import type { Names } from './names.ts'
import { kindAt, OPERATOR_NAMES, operatorOf, type ArgumentKind } from './operators.ts'

type Rule = (args: readonly unknown[], pointer: string, depth: number) => void

interface Form { readonly least: number, readonly most: number, readonly text: string, readonly check: Rule }

/** Checks the statements of a forward. A variable must be set by a statement before, on whatever path. */
export class ForwardChecker {
  readonly #names: Names
  readonly #mistakes: Mistakes
  readonly #variables = new Set([INPUT])
  #nodes = 0
  #full = false

  readonly #forms: Readonly<Record<string, Form>> = {
    let: { least: 2, most: 2, text: '["let", name, expression]', check: (args, pointer, depth) => { this.#let(args, pointer, depth) } },
    return: { least: 1, most: 1, text: '["return", expression]', check: ([value], pointer, depth) => { this.#expression(value, at(pointer, 1), depth) } },
    while: { least: 2, most: 2, text: '["while", condition, [statements]]', check: (args, pointer, depth) => { this.#blocks(args, pointer, depth) } },
    if: { least: 2, most: 3, text: '["if", condition, [statements], [statements]]', check: (args, pointer, depth) => { this.#blocks(args, pointer, depth) } }
  }

  readonly #literals: Readonly<Record<Exclude<ArgumentKind, 'expression'>, (value: unknown, pointer: string) => void>> = {
    child: (value, pointer) => { this.#known(value, this.#names.children, 'children', pointer) },
    param: (value, pointer) => { this.#known(value, this.#names.params, 'parameters', pointer) },
    axis: (value, pointer) => { if (!Number.isInteger(value)) this.#mistakes.report(pointer, `An axis is an integer; received ${show(value)}.`) },
    shape: (value, pointer) => {
      if (!isShape(value)) this.#mistakes.report(pointer, `A shape is a list of at most ${MAX_RANK} integers, one of which may be -1; received ${show(value)}.`)
    }
  }

  constructor (names: Names, mistakes: Mistakes) {
    this.#names = names
    this.#mistakes = mistakes
  }

  check (statements: readonly unknown[], pointer: string, depth = 1): void {
    for (const [i, statement] of statements.entries()) this.#statement(statement, at(pointer, i), depth)
  }

  #statement (statement: unknown, pointer: string, depth: number): void {
    if (this.#isTooMuch(pointer, depth)) return
    if (!Array.isArray(statement)) { this.#mistakes.report(pointer, `Expected a statement, such as ["return","x"]; received ${show(statement)}.`); return }
    const [word, ...args] = statement as [unknown, ...unknown[]]
    const form = typeof word === 'string' && Object.hasOwn(this.#forms, word) ? this.#forms[word] : undefined
    if (form === undefined) this.#mistakes.report(pointer, `There is no statement ${show(word)}. Known: ${listNames(Object.keys(this.#forms))}.`)
    else if (args.length < form.least || args.length > form.most) this.#mistakes.report(pointer, `Expected ${form.text}; received ${args.length} argument(s).`)
    else form.check(args, pointer, depth)
  }

  #let ([name, value]: readonly unknown[], pointer: string, depth: number): void {
    this.#expression(value, at(pointer, 2), depth)
    if (typeof name === 'string') this.#variables.add(name)
    else this.#mistakes.report(at(pointer, 1), `The name of a variable is a string; received ${show(name)}.`)
  }

  #blocks ([condition, ...bodies]: readonly unknown[], pointer: string, depth: number): void {
    this.#expression(condition, at(pointer, 1), depth)
    bodies.forEach((body, i) => {
      const where = at(pointer, i + 2)
      if (Array.isArray(body)) this.check(body, where, depth + 1)
      else this.#mistakes.report(where, `Expected a list of statements; received ${show(body)}.`)
    })
  }

  #expression (expression: unknown, pointer: string, depth: number): void {
    if (this.#isTooMuch(pointer, depth) || typeof expression === 'number') return
    if (typeof expression === 'string') this.#variable(expression, pointer)
    else if (Array.isArray(expression)) this.#operation(expression as [unknown, ...unknown[]], pointer, depth)
    else this.#mistakes.report(pointer, `Expected a number, a variable or ["operator", …]; received ${show(expression)}.`)
  }

  #operation ([name, ...args]: readonly [unknown, ...unknown[]], pointer: string, depth: number): void {
    const operator = operatorOf(name)
    if (operator === undefined) { this.#mistakes.report(pointer, `There is no operator ${show(name)}. Known: ${OPERATOR_NAMES.join(', ')}.`); return }
    const least = operator.args.length - (operator.optional ?? 0)
    if (args.length < least || (operator.rest === undefined && args.length > operator.args.length)) {
      this.#mistakes.report(pointer, `'${String(name)}' takes ${takes(least, operator.args.length, operator.rest)}; received ${args.length}.`)
    }
    args.forEach((arg, i) => {
      const kind = kindAt(operator, i)
      if (kind === undefined) return
      if (kind === 'expression') this.#expression(arg, at(pointer, i + 1), depth + 1)
      else this.#literals[kind](arg, at(pointer, i + 1))
    })
  }

  #variable (name: string, pointer: string): void {
    if (!this.#variables.has(name)) this.#mistakes.report(pointer, `Variable ${show(name)} is not set before. ${knownNames('variables', this.#variables)}`)
  }

  #known (name: unknown, known: ReadonlySet<string>, noun: string, pointer: string): void {
    if (typeof name !== 'string' || !known.has(name)) this.#mistakes.report(pointer, `There is no ${show(name)}. ${knownNames(noun, known)}`)
  }

  /** Reports each bound once. */
  #isTooMuch (pointer: string, depth: number): boolean {
    this.#nodes++
    const beyond = depth > MAX_NESTING ? `nested ${MAX_NESTING} deep` : this.#nodes > MAX_NODES ? `made of ${MAX_NODES} statements and expressions` : undefined
    if (beyond !== undefined && !this.#full) this.#mistakes.report(pointer, `A forward may be ${beyond}; this is beyond that.`)
    this.#full ||= beyond !== undefined
    return this.#full || this.#mistakes.isFull
  }
}

function isShape (value: unknown): boolean {
  if (!Array.isArray(value) || value.length > MAX_RANK) return false
  return value.every(dim => Number.isSafeInteger(dim) && (dim as number) >= -1) && value.filter(dim => dim === -1).length <= 1
}

function takes (least: number, most: number, rest: ArgumentKind | undefined): string {
  const count = rest !== undefined ? `at least ${least}` : least === most ? String(least) : `${least} to ${most}`
  return `${count} argument(s)`
}
