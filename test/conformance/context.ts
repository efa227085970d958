/** What one case has while it runs: its session, its variables, its files. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { array, isNDArray, type NDArray } from '../../src/nn/np/array.ts'
import { Block } from '../../src/nn/block.ts'
import { Parameter } from '../../src/nn/parameter.ts'
import { ParameterDict } from '../../src/nn/parameter-dict.ts'
import { Session } from '../../src/nn/session.ts'
import { isHostTensor, type HostTensor } from '../../src/tensor.ts'
import type { Mode } from './format.ts'
import type { Closeness, Measured, Tolerance } from './received.ts'

export type Variable = HostTensor | NDArray | Block | Parameter | ParameterDict

export class Context {
  readonly session: Session
  readonly folder: string
  /** The tolerance of computed values. */
  readonly computed: Tolerance
  readonly printed: string[] = []
  readonly warnings: string[] = []
  mode: Mode
  /** What training moved away from what was drawn: nothing, running statistics, or every parameter. */
  moved: 'nothing' | 'statistics' | 'everything' = 'nothing'
  readonly #variables = new Map<string, Variable>()
  readonly #arrays = new Map<HostTensor, NDArray>()
  readonly #parameters = new Set<Parameter>()

  private constructor (folder: string, mode: Mode, computed: Tolerance) {
    this.folder = folder
    this.mode = mode
    this.computed = computed
    this.session = new Session({ print: line => { this.printed.push(line) }, warn: message => { this.warnings.push(message) } })
    this.session.random.mode = mode
  }

  /** A context with fresh names, seed 0, and an empty folder for its files. */
  static async create (mode: Mode, computed: Tolerance): Promise<Context> {
    return new Context(await mkdtemp(join(tmpdir(), 'blockserve-case-')), mode, computed)
  }

  /** Frees what the blocks hold on the device, and removes the files. */
  async dispose (): Promise<void> {
    for (const parameter of this.#parameters) parameter.dispose()
    await rm(this.folder, { recursive: true })
  }

  path (file: string): string { return join(this.folder, encodeURIComponent(file)) }

  set (name: string, value: Variable): void {
    if (value instanceof Block) this.own(value)
    if (value instanceof Parameter) this.#parameters.add(value)
    this.#variables.set(name, value)
  }

  /** Remembers the parameters of a block, to free them at the end. */
  own (block: Block): void {
    for (const parameter of [...block.params.values(), ...block.registered_parameters.values()]) this.#parameters.add(parameter)
    for (const child of block.children.values()) this.own(child)
  }

  /** The value at a path: a variable, then indexes and attributes, such as `net.0.weight`. */
  at (path: string): unknown {
    const [name = '', ...rest] = path.split('.')
    if (!this.#variables.has(name)) throw new Error(`the case has no variable '${name}'`)
    return rest.reduce<unknown>(attribute, this.#variables.get(name))
  }

  block (path: string): Block { return this.#of(path, Block) }
  /** Every variable that is a block. */
  blocks (): ReadonlyMap<string, Block> {
    return new Map([...this.#variables].filter((entry): entry is [string, Block] => entry[1] instanceof Block))
  }

  parameter (path: string): Parameter { return this.#of(path, Parameter) }
  dict (path: string): ParameterDict {
    const found = this.#of(path, ParameterDict)
    for (const parameter of found.values()) this.#parameters.add(parameter)
    return found
  }

  /** The array of a variable on the device; the same one each time. */
  array (name: string): NDArray {
    const value = this.at(name)
    if (isNDArray(value)) return value
    if (!isHostTensor(value)) throw new Error(`'${name}' is not a tensor`)
    const known = this.#arrays.get(value) ?? array(value)
    this.#arrays.set(value, known)
    return known
  }

  measured (tensor: HostTensor, closeness: Closeness = this.computed): Measured {
    return { tensor, closeness }
  }

  /** The value of a parameter: what was drawn is exact, what training moved is computed. */
  valueOf (parameter: Parameter): Measured {
    const moved = this.moved === 'everything' || (this.moved === 'statistics' && parameter.grad_req === 'null')
    return this.measured(parameter.host(), moved ? this.computed : 'exact')
  }

  #of<T> (path: string, kind: abstract new (...args: never) => T): T {
    const value = this.at(path)
    if (value instanceof kind) return value
    throw new Error(`'${path}' is not a ${kind.name}`)
  }
}

/** A child by position, or a child, parameter or attribute by name. */
function attribute (value: unknown, name: string): unknown {
  if (!(value instanceof Block)) return undefined
  if (/^\d+$/.test(name)) return [...value.children.values()][Number(name)]
  return value.children.get(name) ?? value.registered_parameters.get(name)
}
