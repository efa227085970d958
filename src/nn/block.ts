import { problem } from '../errors.ts'
import type { DType, Shape } from '../tensor.ts'
import { variableOf } from './autograd/variables.ts'
import type { ArgumentShape, BlockDefinition } from './definition.ts'
import { Hooks, type HookHandle } from './hooks.ts'
import { createIdentity, NameScope } from './naming.ts'
import { isNDArray, type NDArray } from './np/array.ts'
import { dtypesAreDeclared, inheritDtype } from './np/dtypes.ts'
import { Parameter } from './parameter.ts'
import { ParameterDict, type InitializeOptions } from './parameter-dict.ts'
import { ASSIGN, Registrar } from './registrar.ts'
import { warnHiddenBlocks } from './hidden-blocks.ts'
import { summarize } from './summary.ts'
import { indent } from './text.ts'
import { Traced } from './traced.ts'

export interface BlockOptions {
  /** Replaces the counted prefix, such as `fc1_`; '' puts the block's parameters into the surrounding scope. */
  readonly prefix?: string
  /** Parameters of another block to share: `new Dense(8, { params: other.params })`. */
  readonly params?: ParameterDict
  /** The hint prefixes are counted by. Default: the class name in lower case. */
  readonly alias?: string
}

/** What `forward` takes: arrays, or lists of arrays (states). */
export type Argument = NDArray | readonly NDArray[]
export type Output = NDArray | readonly NDArray[]

export type HookOutput = Output | Traced

/**
 * Gluon's Block: a function of arrays with parameters, made of other Blocks. Blocks and Parameters assigned to an
 * attribute are registered under its name. Subclasses define `forward`.
 */
export abstract class Block extends Registrar {
  static readonly definition?: BlockDefinition
  /** For a class without a definition: what its `row_wise` says. */
  static readonly row_wise?: boolean
  readonly #prefix: string
  readonly #params: ParameterDict
  readonly #emptyPrefix: boolean
  readonly #children = new Map<string, Block>()
  readonly #parameters = new Map<string, Parameter>()
  readonly #before = new Hooks<[Block, readonly Argument[]]>()
  readonly #after = new Hooks<[Block, readonly Argument[], HookOutput]>()
  readonly #scope: NameScope
  #hybridized = false

  constructor (options: BlockOptions = {}) {
    super()
    const hint = options.alias ?? this.constructor.name.toLowerCase()
    const { prefix, params } = createIdentity(hint, options.prefix, options.params)
    this.#prefix = prefix
    this.#params = params
    this.#emptyPrefix = options.prefix === ''
    this.#scope = new NameScope(this)
  }

  /** Output for inputs. Runs in the session of the caller. */
  abstract forward (...args: Argument[]): Output

  /** The class name shown in reprs and summaries. */
  get class_name (): string { return this.constructor.name }

  get prefix (): string { return this.#prefix }
  get name (): string { return this.#prefix.endsWith('_') ? this.#prefix.slice(0, -1) : this.#prefix }

  /** The block's own parameters, without those of its children. */
  get params (): ParameterDict { return this.#params }

  get children (): ReadonlyMap<string, Block> { return this.#children }

  /** Own parameters by attribute: what structural names are made of. */
  get registered_parameters (): ReadonlyMap<string, Parameter> { return this.#parameters }

  /** Whether this is a HybridBlock, whose children must be HybridBlocks too. */
  get is_hybrid (): boolean { return false }

  get hybridized (): boolean { return this.#hybridized }

  /** What the block's class states about itself; undefined for classes without a definition of their own. */
  get definition (): BlockDefinition | undefined { return ownStatic(this, 'definition') }

  /** Whether row i of the output depends on row i of the input alone, so that requests may share a batch. */
  get row_wise (): boolean {
    const rule = this.definition?.rowWise ?? ownStatic(this, 'row_wise') ?? false
    return rule === 'children' ? [...this.#children.values()].every(child => child.row_wise) : rule
  }

  /** Output shapes for input shapes, −1 where it cannot be told; undefined when nothing is known. */
  infer_output_shapes (inputs: readonly Shape[]): readonly Shape[] | undefined {
    return this.definition?.inferShape?.(this, inputs)
  }

  /** Shapes of the arguments of forward, −1 where a dimension is free or not known; undefined when nothing is known. See `inputShapes`. */
  infer_input_shapes (wanted?: readonly ArgumentShape[]): readonly ArgumentShape[] | undefined {
    return this.definition?.inputShapes?.(this, wanted)
  }

  /** Runs `fn`; Blocks made inside are named below this one. Does nothing when the prefix is ''. */
  name_scope<T> (fn: () => T): T {
    return this.#emptyPrefix ? fn() : NameScope.enter(this.#scope, fn)
  }

  /** Adds a child under `name`, by default its position. Throws `not_a_block`, `not_hybrid`. */
  register_child (block: Block, name: string = String(this.#children.size)): void {
    if (!(block instanceof Block)) throw problem(this.is_hybrid ? 'not_hybrid' : 'not_a_block', { block: this.name, name, received: typeName(block) })
    if (this.is_hybrid && !block.is_hybrid) throw problem('not_hybrid', { block: this.name, name, received: typeName(block) })
    this.#children.set(name, block)
  }

  /** `hook(block, inputs)` runs before each forward. */
  register_forward_pre_hook (hook: (block: Block, inputs: readonly Argument[]) => void): HookHandle {
    return this.#before.register(hook)
  }

  /** `hook(block, inputs, output)` runs after each forward, and with a `Traced` output when a layer around the block infers its shapes. */
  register_forward_hook (hook: (block: Block, inputs: readonly Argument[], output: HookOutput) => void): HookHandle {
    return this.#after.register(hook)
  }

  /** Runs the block: hooks, `forward`, hooks. Throws `no_forward`, `argument_count`, `not_an_array`, and what `forward` throws. */
  call (...args: Argument[]): Output {
    this.#checkArguments(args)
    this.#before.run(this, args)
    const output = this.forward(...args)
    if (dtypesAreDeclared()) inheritDtypes(output, args)
    this.#after.run(this, args, output)
    return output
  }

  /** Runs the hooks without running the block: what happens to the inside of a layer while its shapes are inferred. */
  trace (inputs: readonly Argument[]): void {
    this.#before.run(this, inputs)
    this.#after.run(this, inputs, new Traced(`${this.name}_fwd`))
  }

  /**
   * All parameters of the block and below, by full name; with `select` those whose full name matches the
   * pattern, anchored at its start. Throws `invalid_pattern`, `parameter_clash`.
   */
  collect_params (select = ''): ParameterDict {
    warnHiddenBlocks(this, value => value instanceof Block)
    const all = new ParameterDict(this.#params.prefix)
    all.update(this.#params)
    for (const child of this.#children.values()) all.update(child.collect_params())
    return select === '' ? all : all.select(select)
  }

  /** Parameters by structural name (`0.weight`, `hidden.bias`): the names in files. A shared one appears once per path. */
  collect_params_with_prefix (prefix = ''): Map<string, Parameter> {
    const start = prefix === '' ? '' : `${prefix}.`
    const found = new Map<string, Parameter>()
    for (const [name, parameter] of this.#parameters) found.set(start + name, parameter)
    for (const [name, child] of this.#children) {
      for (const [path, parameter] of child.collect_params_with_prefix(start + name)) found.set(path, parameter)
    }
    return found
  }

  /** Initializes all parameters; those of unknown shape at the first forward. */
  initialize (options: InitializeOptions = {}): void {
    this.collect_params().initialize(options)
  }

  /** Calls `fn` on every block below, children first, then on this one. */
  apply (fn: (block: Block) => void): this {
    for (const child of this.#children.values()) child.apply(fn)
    fn(this)
    return this
  }

  /** Changes the dtype of all parameters. */
  cast (dtype: DType): void {
    for (const child of this.#children.values()) child.cast(dtype)
    for (const parameter of this.#params.values()) parameter.cast(dtype)
  }

  /** Marks the block and all below as hybridized. Results do not change: there is no other way to execute here. */
  hybridize (on = true): void {
    this.#hybridized = on
    for (const child of this.#children.values()) child.hybridize(on)
  }

  /** A table of the layers that `inputs` run through, their output shapes and parameter counts. */
  summary (...inputs: Argument[]): string {
    return summarize(this, inputs)
  }

  /** The block as Gluon prints it. */
  override toString (): string {
    const lines = this.blockAttributes().map(([name, block]) => `  (${name}): ${indent(String(block), 2)}`)
    return `${this.class_name}(\n${lines.join('\n')}\n)`
  }

  /** Blocks held by attributes, in order of assignment: what a repr shows. */
  protected blockAttributes (): Array<[string, Block]> {
    return Object.entries(this).filter((entry): entry is [string, Block] => entry[1] instanceof Block)
  }

  /** Shapes of own parameters that follow from the inputs; for layers that allow deferred initialization. */
  protected infer_shape (..._inputs: readonly NDArray[]): void {}

  /** Completes a deferred initialization of the block's own parameters, in order of creation. */
  protected finishDeferred (...inputs: readonly NDArray[]): void {
    const own = this.#params.values()
    if (!own.some(parameter => parameter.state === 'deferred')) return
    this.infer_shape(...inputs)
    for (const parameter of own) parameter.finish_deferred_init()
  }

  override [ASSIGN] (name: string, value: unknown, old: unknown): void {
    if (old instanceof Block || old instanceof Parameter) this.#checkSameType(name, value, old)
    if (value instanceof Block) this.register_child(value, name)
    if (value instanceof Parameter) this.#registerParameter(name, value)
  }

  #checkSameType (name: string, value: unknown, old: Block | Parameter): void {
    if (value instanceof (old.constructor as new () => unknown)) return
    throw problem('attribute_type', { block: this.name, name, old: typeName(old), received: typeName(value) })
  }

  #registerParameter (name: string, parameter: Parameter): void {
    if (this.#parameters.has(name)) throw problem('attribute_registered', { block: this.name, name })
    this.#parameters.set(name, parameter)
  }

  #checkArguments (args: readonly Argument[]): void {
    const { forward } = this
    // A class written in JavaScript may lack it.
    if (typeof forward !== 'function') throw problem('no_forward', { block: this.name })
    const expected = forward.length
    if (args.length < expected || (args.length > expected && expected > 0 && args.length > this.maxArguments)) {
      throw problem('argument_count', { block: this.name, expected, received: args.length })
    }
    for (let position = 0; position < args.length; position++) {
      if (!isArgument(args[position])) throw problem('not_an_array', { block: this.name, position, received: typeName(args[position]) })
    }
  }

  /** The most arguments `forward` takes; blocks with optional ones say more. */
  protected get maxArguments (): number { return this.forward.length }
}

/** What a value is, for a message. */
export function typeName (value: unknown): string {
  if (value === null || value === undefined) return String(value)
  return typeof value === 'object' ? value.constructor.name : typeof value
}

/** A subclass computes something else, so what its base states does not hold for it. */
function ownStatic<K extends 'definition' | 'row_wise'> (block: Block, key: K): (typeof Block)[K] | undefined {
  const Class = block.constructor as typeof Block
  return Object.hasOwn(Class, key) ? Class[key] : undefined
}

/** What a block makes of float64 or float16 is one too. A parameter it puts out keeps its own dtype. */
function inheritDtypes (output: Output, args: readonly Argument[]): void {
  const arrays = args.flat() as NDArray[]
  for (const array of [output].flat() as NDArray[]) if (isNDArray(array) && variableOf(array) === undefined) inheritDtype(array, arrays)
}

function isArgument (value: unknown): boolean {
  if (isNDArray(value)) return true
  return Array.isArray(value) && value.length > 0 && value.every(isNDArray)
}
