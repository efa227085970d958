import type { Block } from '../block.ts'
import type { BlockRegistry } from '../registry.ts'
import { session, type Limits } from '../session.ts'

export interface SpecOptions {
  /** Default: those of the session. */
  readonly limits?: Limits
  /** Specs stored by name, for types the registry does not have. */
  readonly resolve?: (name: string) => unknown
  /** Blocks that exist already, by the name `share` and `use` may give. */
  readonly blocks?: ReadonlyMap<string, Block>
}

/** What specs are read against. */
export class SpecContext {
  readonly registry: BlockRegistry
  readonly limits: Limits
  readonly blocks: ReadonlyMap<string, Block>
  readonly #resolve: (name: string) => unknown

  constructor (registry: BlockRegistry, options: SpecOptions = {}) {
    this.registry = registry
    this.limits = options.limits ?? session().limits
    this.blocks = options.blocks ?? new Map()
    this.#resolve = options.resolve ?? (() => undefined)
  }

  /** The spec a type stands for; undefined when it is a Block of its own, or unknown. */
  named (type: string): unknown {
    const entry = this.registry.get(type)
    return entry === undefined ? this.#resolve(type) : entry.spec
  }
}

/** What may stand beside the type of a named spec; they take the place of the spec's own. */
export const OVERRIDES = ['prefix', 'share']

/** A named spec with what was written where it is used. */
export function overridden (spec: unknown, given: Readonly<Record<string, unknown>>): unknown {
  const { type: _type, ...rest } = given
  return Object.keys(rest).length === 0 ? spec : { ...(spec as object), ...rest }
}
