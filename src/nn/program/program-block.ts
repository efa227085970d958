import { problem } from '../../errors.ts'
import { Block, type Argument, type BlockOptions, type Output } from '../block.ts'
import type { NDArray } from '../np/array.ts'
import type { Parameter, ParameterOptions } from '../parameter.ts'
import { ASSIGN } from '../registrar.ts'
import { planConstant } from './constants.ts'
import { evaluate, type Host } from './evaluate.ts'
import type { InitStatement, Program } from './language.ts'
import type { Value } from './value.ts'

/** Builds a spec inside a program. `key` is its name in `parent`; without one it goes by its own name. */
export type ChildMaker = (parent: Block, spec: unknown, pointer: ReadonlyArray<string | number>, key?: string) => Block

export interface ProgramBlockOptions extends BlockOptions {
  /** Whether children are made inside the name scope of the block. */
  readonly name_scope?: boolean
}

/** A Block defined as data: `init` makes its children and parameters, `forward` is interpreted. One array in; any output. */
export class ProgramBlock extends Block {
  readonly #program: Program
  readonly #named = new Map<string, Block>()

  constructor (program: Program, options: ProgramBlockOptions, makeChild: ChildMaker) {
    const { name_scope, ...rest } = options
    super({ ...rest, alias: program.class.toLowerCase() })
    this.#program = program
    const make = (): void => { program.init.forEach((statement, i) => { this.#init(statement, i, makeChild) }) }
    if (name_scope === true) this.name_scope(make)
    else make()
  }

  override get class_name (): string { return this.#program.class }

  /** Throws `no_forward`, and what the program throws. */
  override forward (x: NDArray): Output {
    const { forward } = this.#program
    if (forward === null) throw problem('no_forward', { block: this.name })
    return evaluate(this.#host(), forward, x) as Output
  }

  protected override blockAttributes (): Array<[string, Block]> { return [...this.#named] }

  #host (): Host {
    return {
      name: this.name,
      callChild: (name, args) => this.#child(name).call(...args as Argument[]),
      chain: value => [...this.children.values()].reduce<Value>((input, child) => child.call(input as Argument), value),
      param: name => this.#parameter(name).data()
    }
  }

  #init ([word, ...args]: InitStatement, index: number, makeChild: ChildMaker): void {
    switch (word) {
      case 'child': this.#addChild(args[0] as string, makeChild(this, args[1], ['init', index, 2], args[0] as string)); break
      case 'append': this.#append(makeChild(this, args[0], ['init', index, 1])); break
      case 'param': this.#register(args[0] as string, this.params.get(args[0] as string, parameterOptions(args[1] as object))); break
      case 'constant': this.#addConstant(args[0] as string, args[1]); break
      default: throw problem('forward_failed', { block: this.name, detail: `there is no init statement '${word}'` })
    }
  }

  /** Children have their names without being attributes: a name such as `forward` must not hide a method. */
  override [ASSIGN] (name: string, value: unknown, old: unknown): void {
    super[ASSIGN](name, value, old)
    if (value instanceof Block) this.#named.set(name, value)
  }

  #addChild (name: string, child: Block): void { this[ASSIGN](name, child, this.#named.get(name)) }

  #append (child: Block): void { this.register_child(child, child.name) }

  #addConstant (name: string, given: unknown): void {
    const plan = planConstant(given)
    if (typeof plan === 'string') throw problem('constant_conflict', { parameter: name, detail: plan })
    this.#register(name, this.params.get_constant(name, plan.make()))
  }

  #register (name: string, parameter: Parameter): void { this[ASSIGN](name, parameter, undefined) }

  #child (name: string): Block {
    const child = this.#named.get(name)
    if (child === undefined) throw problem('forward_failed', { block: this.name, detail: `there is no child '${name}'` })
    return child
  }

  #parameter (name: string): Parameter {
    const parameter = this.registered_parameters.get(name)
    if (parameter === undefined) throw problem('forward_failed', { block: this.name, detail: `there is no parameter '${name}'` })
    return parameter
  }
}

const parameterOptions = (given: object): ParameterOptions => given as ParameterOptions
