import { knownNames, problem } from '../errors.ts'
import { compilePattern } from '../patterns.ts'
import { formatShape, type HostTensor, type Shape } from '../tensor.ts'
import type { InitializerSpec } from './initializers/registry.ts'
import { Constant } from './constant.ts'
import { hostOf, type ArrayLike } from './np/array.ts'
import { normalizeShape, Parameter, type GradReq, type ParameterOptions } from './parameter.ts'
import { indent, isEqual } from './text.ts'

export interface InitializeOptions {
  /** Used where a parameter has no initializer of its own. Default Uniform(0.07). */
  readonly init?: InitializerSpec
  readonly force_reinit?: boolean
}

/** Parameters by full name, in order of creation, all made under one prefix. */
export class ParameterDict implements Iterable<[string, Parameter]> {
  readonly prefix: string
  readonly shared: ParameterDict | undefined
  readonly #params = new Map<string, Parameter>()

  constructor (prefix = '', shared?: ParameterDict) {
    this.prefix = prefix
    this.shared = shared
  }

  [Symbol.iterator] (): IterableIterator<[string, Parameter]> { return this.#params.entries() }
  items (): Array<[string, Parameter]> { return [...this.#params] }
  keys (): string[] { return [...this.#params.keys()] }
  values (): Parameter[] { return [...this.#params.values()] }
  has (name: string): boolean { return this.#params.has(name) }

  /** The parameter of that full name. Throws `parameter_key` when there is none. */
  at (name: string): Parameter {
    const found = this.#params.get(name)
    if (found === undefined) throw problem('parameter_key', { parameter: name, known: knownNames('parameters', this.keys()) })
    return found
  }

  /**
   * The parameter `prefix + name`: an own one, a shared one, or a new one made with `options`.
   * One that exists must agree with `options`; unknown dimensions of either side are filled from the other.
   */
  get (name: string, options: ParameterOptions = {}): Parameter {
    const found = this.#find(name)
    if (found === undefined) return this.#add(new Parameter(this.prefix + name, options))
    mergeOptions(found, options)
    return found
  }

  /** The constant `prefix + name`, made from `value` when it is new. Throws `constant_missing` without either. */
  get_constant (name: string, value?: ArrayLike): Constant {
    const found = this.#find(name)
    const parameter = this.prefix + name
    if (found === undefined) {
      if (value === undefined) throw problem('constant_missing', { parameter })
      return this.#add(new Constant(parameter, value))
    }
    if (!(found instanceof Constant)) throw problem('constant_conflict', { parameter, detail: 'a Parameter that is not a Constant has this name' })
    if (value !== undefined && !sameValue(found.value, hostOf(value))) {
      throw problem('constant_conflict', { parameter, detail: `it exists with another value of shape ${formatShape(found.value.shape)}` })
    }
    return found
  }

  /** Takes over all parameters of `other`. Throws `parameter_clash` when a name belongs to another parameter here. */
  update (other: ParameterDict): void {
    for (const [name, parameter] of other) this.#adopt(name, parameter)
  }

  /** A dictionary of the parameters whose full name matches the pattern, anchored at its start (RE2 syntax). */
  select (pattern: string): ParameterDict {
    const matches = compilePattern(pattern)
    const selected = new ParameterDict(this.prefix)
    for (const [name, parameter] of this) if (matches(name)) selected.#adopt(name, parameter)
    return selected
  }

  initialize (options: InitializeOptions = {}): void {
    for (const parameter of this.values()) parameter.initialize({ default_init: options.init ?? 'uniform', force_reinit: options.force_reinit ?? false })
  }

  zero_grad (): void {
    for (const parameter of this.values()) parameter.zero_grad()
  }

  /** Sets one attribute on every parameter, such as `setattr('grad_req', 'null')`. */
  setattr (name: 'grad_req', value: GradReq): void
  setattr (name: 'lr_mult' | 'wd_mult', value: number): void
  setattr (name: 'grad_req' | 'lr_mult' | 'wd_mult', value: GradReq | number): void {
    for (const parameter of this.values()) Object.assign(parameter, { [name]: value })
  }

  toString (): string {
    const lines = this.values().map(parameter => indent(String(parameter), 2))
    return `${this.prefix === '' ? '' : `${this.prefix} `}(\n${lines.map(line => `  ${line}`).join('\n')}\n)`
  }

  #find (name: string): Parameter | undefined {
    const key = this.prefix + name
    const own = this.#params.get(key)
    if (own !== undefined) return own
    const shared = this.shared?.has(key) === true ? this.shared.at(key) : undefined
    if (shared !== undefined) this.#params.set(key, shared)
    return shared
  }

  #add<P extends Parameter> (parameter: P): P {
    this.#params.set(parameter.name, parameter)
    return parameter
  }

  #adopt (name: string, parameter: Parameter): void {
    const own = this.#params.get(name)
    if (own !== undefined && own !== parameter) throw problem('parameter_clash', { parameter: name })
    this.#params.set(name, parameter)
  }
}

function mergeOptions (found: Parameter, options: ParameterOptions): void {
  if (options.shape !== undefined) mergeShape(found, normalizeShape(options.shape))
  const rest = { ...options, shape: undefined }
  for (const [key, value] of Object.entries(rest) as Array<[keyof ParameterOptions, unknown]>) {
    if (value === undefined || value === null) continue
    const existing = found[key]
    if (existing === undefined || existing === null) found.fill(key, value)
    else if (!isEqual(existing, value)) throw conflict(found, key, existing, value)
  }
}

function mergeShape (found: Parameter, wanted: Shape): void {
  const existing = found.shape
  if (existing === null) { found.shape = wanted; return }
  const merged = existing.map((dim, i) => dim === -1 ? wanted[i] ?? -1 : dim)
  const agrees = existing.length === wanted.length && wanted.every((dim, i) => dim === -1 || dim === merged[i])
  if (!agrees) throw conflict(found, 'shape', formatShape(existing), formatShape(wanted))
  found.shape = merged
}

function conflict (found: Parameter, attribute: string, existing: unknown, received: unknown): Error {
  return problem('sharing_conflict', { parameter: found.name, attribute, existing: String(existing), received: String(received) })
}

function sameValue (a: HostTensor, b: HostTensor): boolean {
  return a.shape.length === b.shape.length && a.shape.every((dim, i) => dim === b.shape[i]) &&
    a.data.every((value, i) => value === b.data[i])
}
