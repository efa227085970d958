import type { Block } from './block.ts'
import { NameCounters } from './name-counters.ts'
import { ParameterDict } from './parameter-dict.ts'
import { session } from './session.ts'

/** The inside of one block's `name_scope`: children made there are counted per block. */
export class NameScope {
  static #active: NameScope | undefined
  readonly block: Block
  readonly names = new NameCounters()

  constructor (block: Block) {
    this.block = block
  }

  static get active (): NameScope | undefined {
    return NameScope.#active
  }

  /** Runs `fn` inside this scope, or outside of any when `scope` is undefined. */
  static enter<T> (scope: NameScope | undefined, fn: () => T): T {
    const outer = NameScope.#active
    NameScope.#active = scope
    try {
      return fn()
    } finally {
      NameScope.#active = outer
    }
  }
}

export interface Identity { readonly prefix: string, readonly params: ParameterDict }

/**
 * The prefix of a new block and the dictionary its own parameters go to, by Gluon's rules:
 * an explicit prefix consumes no counter; outside of any scope the session counts, inside a scope its block does;
 * `params` given means shared parameters, whose names keep the prefix of their first owner.
 */
export function createIdentity (hint: string, prefix: string | undefined, shared: ParameterDict | undefined): Identity {
  const scope = NameScope.active
  const own = prefix ?? (scope?.names ?? session().names).take(hint)
  const params = shared !== undefined
    ? new ParameterDict(shared.prefix, shared)
    : new ParameterDict((scope?.block.params.prefix ?? '') + own, scope?.block.params.shared)
  return { prefix: (scope?.block.prefix ?? '') + own, params }
}
