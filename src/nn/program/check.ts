/** Every mistake of a program, found without running it. */
import { knownNames, listNames } from '../../errors.ts'
import type { Shape } from '../../tensor.ts'
import { at, isObject, own, show } from '../json.ts'
import { bytesOfShape } from '../spec/bytes.ts'
import type { Mistakes } from '../spec/mistakes.ts'
import { checkInitializer, checkMembers, checkOptions } from '../spec/options.ts'
import { planConstant } from './constants.ts'
import { ForwardChecker } from './forward-checker.ts'
import { PARAM_OPTIONS } from './language.ts'
import type { Names } from './names.ts'

/** What the check of a program tells the check of the spec around it. */
export interface ProgramHost {
  readonly mistakes: Mistakes
  /** A spec inside the program; `key` is undefined where the child is named after itself. */
  child (spec: unknown, pointer: ReadonlyArray<string | number>, key: string | undefined): void
  parameter (name: string, shape: Shape, bytes: number, pointer: string): void
}

type Rule = (args: readonly unknown[], index: number, pointer: string) => void

export function checkProgram (program: Readonly<Record<string, unknown>>, pointer: string, host: ProgramHost): void {
  const names = new InitChecker(host, pointer).check(own(program, 'init'))
  const forward = own(program, 'forward')
  if (Array.isArray(forward)) new ForwardChecker(names, host.mistakes).check(forward, at(pointer, 'forward'))
}

class InitChecker {
  readonly #host: ProgramHost
  readonly #pointer: string
  readonly #names: { children: Set<string>, params: Set<string> } = { children: new Set(), params: new Set() }
  readonly #rules: Readonly<Record<string, Rule>> = {
    child: (args, index, pointer) => { this.#child(args, index, pointer) },
    append: (args, index, pointer) => { this.#append(args, index, pointer) },
    param: (args, _index, pointer) => { this.#param(args, pointer) },
    constant: (args, _index, pointer) => { this.#constant(args, pointer) }
  }

  constructor (host: ProgramHost, pointer: string) {
    this.#host = host
    this.#pointer = pointer
  }

  check (statements: unknown): Names {
    if (!Array.isArray(statements)) return this.#names
    for (const [index, statement] of statements.entries()) if (!this.#host.mistakes.isFull) this.#statement(statement, index)
    return this.#names
  }

  #statement (statement: unknown, index: number): void {
    const pointer = at(this.#pointer, 'init', index)
    if (!Array.isArray(statement)) { this.#host.mistakes.report(pointer, `Expected a list, ["child","name",{…}]; received ${show(statement)}.`); return }
    const [word, ...args] = statement as [unknown, ...unknown[]]
    const rule = typeof word === 'string' && Object.hasOwn(this.#rules, word) ? this.#rules[word] : undefined
    if (rule === undefined) this.#host.mistakes.report(pointer, `There is no init statement ${show(word)}. Known: ${listNames(Object.keys(this.#rules))}.`)
    else rule(args, index, pointer)
  }

  #child (args: readonly unknown[], index: number, pointer: string): void {
    if (!this.#arity(args, 2, '["child", name, spec]', pointer)) return
    const name = this.#name(args[0], pointer)
    if (name !== undefined) this.#names.children.add(name)
    this.#host.child(args[1], ['init', index, 2], name)
  }

  #append (args: readonly unknown[], index: number, pointer: string): void {
    if (this.#arity(args, 1, '["append", spec]', pointer)) this.#host.child(args[0], ['init', index, 1], undefined)
  }

  #param ([given, options, ...more]: readonly unknown[], pointer: string): void {
    if (!this.#arity([given, options, ...more], 2, '["param", name, {"shape",…}]', pointer)) return
    const name = this.#name(given, pointer)
    if (name !== undefined) this.#names.params.add(name)
    const where = at(pointer, 2)
    if (!isObject(options)) { this.#host.mistakes.report(where, `Expected {"shape",…}; received ${show(options)}.`); return }
    const mistakes = [
      ...checkMembers('A parameter', Object.keys(PARAM_OPTIONS.properties), options, where),
      ...checkOptions('A parameter', PARAM_OPTIONS, options, where),
      ...checkInitializer(own(options, 'init') ?? null, at(where, 'init'))
    ]
    this.#host.mistakes.add(...mistakes)
    const shape = own(options, 'shape') as Shape | undefined
    if (mistakes.length === 0 && shape?.every(dim => dim > 0) === true) this.#host.parameter(name ?? '', shape, bytesOfShape(shape, own(options, 'dtype')), where)
  }

  #constant (args: readonly unknown[], pointer: string): void {
    if (!this.#arity(args, 2, '["constant", name, {…}]', pointer)) return
    const name = this.#name(args[0], pointer)
    if (name !== undefined) this.#names.params.add(name)
    const plan = planConstant(args[1])
    if (typeof plan === 'string') this.#host.mistakes.report(at(pointer, 2), plan)
    else this.#host.parameter(name ?? '', plan.shape, bytesOfShape(plan.shape, plan.dtype), at(pointer, 2))
  }

  #arity (args: readonly unknown[], count: number, form: string, pointer: string): boolean {
    const fits = args.length === count
    if (!fits) this.#host.mistakes.report(pointer, `Expected ${form}; received ${args.length} argument(s).`)
    return fits
  }

  #name (name: unknown, pointer: string): string | undefined {
    const where = at(pointer, 1)
    if (typeof name !== 'string' || !/^[^.\p{Cc}]{1,128}$/u.test(name)) {
      this.#host.mistakes.report(where, `A name is a string of 1 to 128 characters without dots; received ${show(name)}.`)
      return undefined
    }
    if (!this.#names.children.has(name) && !this.#names.params.has(name)) return name
    this.#host.mistakes.report(where, `'${name}' is defined already. ${knownNames('names', [...this.#names.children, ...this.#names.params])}`)
    return undefined
  }
}
