import type { DType, HostTensor, Shape } from '../tensor.ts'
import type { InitializerSpec } from './initializers/registry.ts'

export const GRAD_REQS = ['write', 'add', 'null'] as const
export type GradReq = typeof GRAD_REQS[number]

export type ParameterState = 'uninitialized' | 'deferred' | 'ready'

export interface ParameterOptions {
  /** Dimensions; 0 or −1 is one that is not known yet. */
  readonly shape?: number | Shape | undefined
  readonly dtype?: DType | undefined
  /** Its own initializer, before the default one of `initialize`. */
  readonly init?: InitializerSpec | null | undefined
  readonly grad_req?: GradReq | undefined
  readonly lr_mult?: number | undefined
  readonly wd_mult?: number | undefined
  readonly allow_deferred_init?: boolean | undefined
  readonly differentiable?: boolean | undefined
}

export interface ParameterInitializeOptions {
  readonly init?: InitializerSpec | null
  readonly default_init?: InitializerSpec
  readonly force_reinit?: boolean
}

/** A draw that waits for the first forward. */
export interface Deferred { readonly init: InitializerSpec, readonly default_init: InitializerSpec, readonly data?: HostTensor }

/** A parameter as it is saved. With `deferred`, `value` waits for the first forward. */
export interface ParameterSnapshot {
  readonly shape: Shape | null
  readonly dtype: DType
  readonly dtype_text: string
  readonly grad_req: GradReq
  readonly lr_mult: number
  readonly wd_mult: number
  readonly value: HostTensor | undefined
  /** Initializers in MXNet's JSON text. */
  readonly deferred: { readonly init: string, readonly default_init: string } | undefined
}

export interface LoadOptions { readonly cast_dtype?: boolean, readonly dtype_source?: 'current' | 'saved' }
