import { problem } from '../errors.ts'
import { byteLength, formatShape, isKnown, isHostTensor, zeros, type DType, type HostTensor, type Shape } from '../tensor.ts'
import { addTensors } from './addition.ts'
import { castTensor } from './cast.ts'
import { DeviceCopy } from './device-copy.ts'
import type { Weight } from './initializers/initializer.ts'
import { createInitializer, type InitializerSpec } from './initializers/registry.ts'
import { array, hostOf, type ArrayLike, type NDArray } from './np/array.ts'
import {
  GRAD_REQS, type Deferred, type GradReq, type LoadOptions, type ParameterInitializeOptions, type ParameterOptions, type ParameterSnapshot,
  type ParameterState
} from './parameter-types.ts'
import { session } from './session.ts'

export * from './parameter-types.ts'

/**
 * A trainable array with a name: Gluon's Parameter. Its value lives in host memory in its own dtype and carries a
 * revision; the copy on the device is a cache of it.
 */
export class Parameter {
  readonly name: string
  init: InitializerSpec | null
  lr_mult: number
  wd_mult: number
  readonly allow_deferred_init: boolean
  readonly differentiable: boolean
  #shape: Shape | null
  #dtype: DType
  #dtypeText: string
  #gradReq: GradReq = 'write'
  #value: HostTensor | undefined
  #grad: HostTensor | undefined
  #deferred: Deferred | undefined
  #revision = 0
  #reserved = 0
  readonly #device = new DeviceCopy()

  constructor (name: string, options: ParameterOptions = {}) {
    this.name = name
    this.init = options.init ?? null
    this.lr_mult = options.lr_mult ?? 1
    this.wd_mult = options.wd_mult ?? 1
    this.allow_deferred_init = options.allow_deferred_init ?? false
    this.differentiable = options.differentiable ?? true
    this.#shape = options.shape === undefined ? null : normalizeShape(options.shape)
    this.#dtype = options.dtype ?? 'float32'
    this.#dtypeText = options.dtype ?? '<class \'numpy.float32\'>'
    this.grad_req = options.grad_req ?? 'write'
  }

  get dtype (): DType { return this.#dtype }

  /** Grows with every change of the value. */
  get revision (): number { return this.#revision }

  get state (): ParameterState {
    if (this.#value !== undefined) return 'ready'
    return this.#deferred !== undefined ? 'deferred' : 'uninitialized'
  }

  /** Dimensions, −1 where unknown; null when not even the rank is known. */
  get shape (): Shape | null { return this.#shape }

  /** Fills unknown dimensions. Throws `shape_conflict` when a known one differs. */
  set shape (received: Shape) {
    const old = this.#shape
    if (old !== null && !agree(old, received)) throw problem('shape_conflict', { parameter: this.name, expected: formatShape(old ?? []), received: formatShape(received) })
    this.#shape = old === null ? received : received.map((dim, i) => dim === -1 ? old[i] ?? -1 : dim)
  }

  get grad_req (): GradReq { return this.#gradReq }

  /** `null` drops the gradient; back from `null` it starts at zero. Throws `bad_grad_req`. */
  set grad_req (received: GradReq) {
    if (!GRAD_REQS.includes(received)) throw problem('bad_grad_req', { parameter: this.name, received: String(received) })
    this.setGradReq(received)
  }

  protected setGradReq (received: GradReq): void {
    const wanted = this.differentiable ? received : 'null'
    if (wanted === this.#gradReq) return
    this.#gradReq = wanted
    this.#resetGrad()
  }

  /** Sets an option that was not given when the parameter was made; for parameters that are asked for again. */
  fill (key: keyof ParameterOptions, value: unknown): void {
    if (key === 'init') this.init = value as InitializerSpec
  }

  /**
   * Draws the value, or remembers to do so at the first forward when the shape is not known yet.
   * The initializer is `init`, else the parameter's own, else `default_init`.
   */
  initialize (options: ParameterInitializeOptions = {}): void {
    if (this.#value !== undefined && options.force_reinit !== true) {
      session().warn(`Parameter '${this.name}' is initialized already and keeps its value; use force_reinit to draw it again.`)
      return
    }
    this.#clear()
    const default_init = options.default_init ?? 'uniform'
    const deferred = { init: options.init ?? this.init ?? default_init, default_init }
    if (this.#shapeIsKnown) { this.#draw(deferred); return }
    if (!this.allow_deferred_init) throw problem('shape_unknown', { parameter: this.name, shape: this.#shapeText })
    this.#deferred = deferred
  }

  /** Completes a deferred initialization once the shape is known; nothing to do otherwise. Throws `deferred_shape_unknown`. */
  finish_deferred_init (): void {
    const deferred = this.#deferred
    if (deferred === undefined) return
    if (!this.#shapeIsKnown) throw problem('deferred_shape_unknown', { parameter: this.name, shape: this.#shapeText })
    if (deferred.data === undefined) this.#draw(deferred)
    else this.#setValue(deferred.data)
    this.#deferred = undefined
  }

  /**
   * The value on the device, float32, to compute with. While recording it is the variable gradients are taken of.
   * The parameter owns it: do not dispose it. Throws `not_initialized`, `deferred`.
   */
  data (): NDArray {
    return this.#device.tensor(this.host(), this.#revision, this)
  }

  /** A form of the value a kernel prefers, made once per revision and kept. No gradient flows through it. */
  derived (key: string, make: (data: NDArray) => NDArray): NDArray {
    return this.#device.derived(key, make, this.host(), this.#revision)
  }

  /** As `derived`, but undefined at the first use of a value: one that is used once, between two steps of training, is not worth it. */
  derivedWhenReused (key: string, make: (data: NDArray) => NDArray): NDArray | undefined {
    return this.#device.isReused(this.#revision) ? this.derived(key, make) : undefined
  }

  /** The contexts that hold the value or will: there is one. Throws `not_initialized`. */
  list_ctx (): string[] {
    if (this.state === 'uninitialized') throw this.#notReady()
    return ['cpu(0)']
  }

  /** The value in host memory, in the parameter's dtype. Do not write to it. Throws `not_initialized`, `deferred`. */
  host (): HostTensor {
    if (this.#value === undefined) throw this.#notReady()
    return this.#value
  }

  /** The gradient on the device; zeros before any backward. Throws `no_gradient`, `not_initialized`, `deferred`. */
  grad (): NDArray {
    return array(this.host_grad())
  }

  /** The gradient in host memory, in the parameter's dtype. */
  host_grad (): HostTensor {
    if (this.#value === undefined) throw this.#notReady()
    if (this.#gradReq === 'null') throw problem('no_gradient', { parameter: this.name })
    return this.#grad ?? zeros(this.#dtype, this.#value.shape)
  }

  /** Replaces the value, cast to the parameter's dtype. While deferred it fixes the shape and becomes the value at the first forward. */
  set_data (value: ArrayLike): void {
    const data = isHostTensor(value) ? { ...value, data: value.data.slice() } : hostOf(value)
    this.shape = data.shape
    if (this.#value === undefined && this.#deferred === undefined) throw problem('set_data_uninitialized', { parameter: this.name })
    if (this.#deferred === undefined) { this.#replace(data); return }
    this.#deferred = { ...this.#deferred, data }
    this.#revision++
  }

  zero_grad (): void {
    this.#grad = undefined
  }

  /** Writes or adds a gradient computed in float32, as grad_req says. */
  accumulate_grad (gradient: HostTensor): void {
    const received = castTensor(gradient, this.#dtype)
    this.#grad = this.#gradReq === 'add' && this.#grad !== undefined ? addTensors(this.#grad, received) : received
  }

  /** Changes the dtype, converting value and gradient. */
  cast (dtype: DType): void {
    if (this.#value !== undefined) this.#reserve(byteLength(dtype, this.#value.shape))
    this.#dtype = dtype
    this.#dtypeText = dtype
    if (this.#grad !== undefined) this.#grad = castTensor(this.#grad, dtype)
    if (this.#value !== undefined) this.#replace(this.#value)
  }

  /** Takes a value from a file: fills unknown dimensions, makes the parameter ready whatever its state was. */
  load (value: HostTensor, options: LoadOptions = {}): void {
    this.shape = value.shape
    if (value.dtype !== this.#dtype) {
      if (options.cast_dtype !== true) throw problem('dtype_conflict', { parameter: this.name, expected: this.#dtype, received: value.dtype })
      if (options.dtype_source === 'saved') this.cast(value.dtype)
    }
    this.#deferred = undefined
    if (this.#value === undefined) this.#setValue(value)
    else this.#replace(value)
  }

  /** Everything about the parameter but its name and gradient, to be saved; see `restore`. */
  snapshot (): ParameterSnapshot {
    const deferred = this.#deferred
    return {
      shape: this.#shape,
      dtype: this.#dtype,
      dtype_text: this.#dtypeText,
      grad_req: this.#gradReq,
      lr_mult: this.lr_mult,
      wd_mult: this.wd_mult,
      value: this.#value ?? deferred?.data,
      deferred: deferred === undefined ? undefined : { init: dumps(deferred.init), default_init: dumps(deferred.default_init) }
    }
  }

  /** Puts back what `snapshot` gave. Nothing is drawn and nobody is warned. */
  restore (saved: ParameterSnapshot): void {
    this.#clear()
    this.#shape = saved.shape
    this.#dtype = saved.dtype
    this.#dtypeText = saved.dtype_text
    this.setGradReq(saved.grad_req)
    this.lr_mult = saved.lr_mult
    this.wd_mult = saved.wd_mult
    if (saved.deferred !== undefined) this.#deferred = { ...saved.deferred, ...(saved.value && { data: saved.value }) }
    else if (saved.value !== undefined) this.#setValue(saved.value)
  }

  /** Frees the copies on the device. The value stays. */
  dispose (): void {
    this.#device.dispose()
  }

  toString (): string {
    return `${this.constructor.name} ${this.name} (shape=${this.#shapeText}, dtype=${this.#dtypeText})`
  }

  get #shapeIsKnown (): boolean { return this.#shape !== null && isKnown(this.#shape) }
  get #shapeText (): string { return this.#shape === null ? 'None' : formatShape(this.#shape) }

  #notReady (): Error {
    if (this.#deferred !== undefined) return problem('deferred', { parameter: this.name, shape: this.#shapeText })
    return problem('not_initialized', { parameter: this.name })
  }

  #draw ({ init, default_init }: Deferred): void {
    createInitializer(default_init)
    const shape = this.#shape ?? []
    const filled = this.#dtype === 'float32' ? 'float32' : 'float64'
    this.#reserve(byteLength(filled, shape))
    const value = zeros(filled, shape)
    createInitializer(init).init_weight(this.name, { shape, dtype: this.#dtype, data: value.data as Weight['data'] }, session().random)
    this.#setValue(value)
  }

  /** A new value; the gradient starts afresh. */
  #setValue (value: HostTensor): void {
    this.#reserve(byteLength(this.#dtype, value.shape))
    this.#resetGrad()
    this.#replace(value)
  }

  #replace (value: HostTensor): void {
    this.#value = castTensor(value, this.#dtype)
    this.#revision++
  }

  #reserve (bytes: number): void {
    if (bytes <= this.#reserved) return
    session().reserve(bytes - this.#reserved)
    this.#reserved = bytes
  }

  #clear (): void {
    this.#revision++
    this.#value = undefined
    this.#deferred = undefined
    this.#resetGrad()
    this.#device.dispose()
  }

  #resetGrad (): void {
    this.#grad = undefined
  }
}

/** Dimensions from an option: an int is one dimension, 0 is unknown. */
export function normalizeShape (shape: number | Shape): Shape {
  return (typeof shape === 'number' ? [shape] : shape).map(dim => dim === 0 ? -1 : dim)
}

const agree = (old: Shape, received: Shape): boolean =>
  old.length === received.length && old.every((dim, i) => dim === -1 || received[i] === -1 || dim === received[i])

const dumps = (spec: InitializerSpec): string => createInitializer(spec).dumps()
