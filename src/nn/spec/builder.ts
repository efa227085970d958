import { BlockserveError, knownNames, problem } from '../../errors.ts'
import type { Block } from '../block.ts'
import type { BlockEntry } from '../block-entry.ts'
import { at, isObject, own } from '../json.ts'
import type { Program } from '../program/language.ts'
import { ProgramBlock } from '../program/program-block.ts'
import { OVERRIDES, overridden, type SpecContext } from './context.ts'
import { childSite, enclosing, expandedSite, join, realPaths, type Site } from './site.ts'

type Members = Readonly<Record<string, unknown>>

/** Members of a spec that are no options of its type. */
const RESERVED = new Set(['type', 'children', 'name_scope', 'share', 'prefix'])

/**
 * Makes the blocks of a spec in the order in which a Gluon program makes them: a container, then its children one by
 * one, each added before the next is made. Takes the spec for valid.
 */
export class SpecBuilder {
  readonly #context: SpecContext
  readonly #made = new Map<string, Block>()
  readonly #open = new Set<Block>()

  constructor (context: SpecContext) {
    this.#context = context
  }

  build (spec: unknown, site: Site): Block {
    if (!isObject(spec)) throw invalid(site.pointer, 'a spec is an object')
    const use = own(spec, 'use')
    if (use !== undefined) return this.#find(String(use), site, 'use')
    const type = String(own(spec, 'type'))
    const stored = this.#context.named(type)
    if (stored !== undefined) return this.#expand(type, stored, spec, site)
    const entry = this.#context.registry.get(type)
    if (entry === undefined) throw invalid(at(site.pointer, 'type'), `there is no block type '${type}'. ${knownNames('types', this.#context.registry.types())}`)
    return this.#make(entry, spec, site)
  }

  #expand (type: string, stored: unknown, spec: Members, site: Site): Block {
    if (site.within.includes(type)) throw invalid(at(site.pointer, 'type'), `'${type}' contains itself`)
    return this.build(overridden(stored, spec), expandedSite(site, type))
  }

  #make (entry: BlockEntry, spec: Members, site: Site): Block {
    if (entry.create === undefined) return this.#program(spec, site)
    const block = this.#enter(this.#create(entry.create, entry, spec, site), site.path)
    if (entry.container) this.#fill(block, spec, site)
    return block
  }

  #create (create: NonNullable<BlockEntry['create']>, entry: BlockEntry, spec: Members, site: Site): Block {
    const isOption = (name: string): boolean => !RESERVED.has(name) || Object.hasOwn(entry.options.properties, name)
    const options = Object.fromEntries(Object.entries(spec).filter(([name]) => isOption(name)))
    return placed(entry.type, site, () => create({ ...options, ...this.#blockOptions(spec, site) }))
  }

  #program (spec: Members, site: Site): Block {
    const options = { ...this.#blockOptions(spec, site), name_scope: own(spec, 'name_scope') === true }
    const makeChild = (parent: Block, child: unknown, pointer: ReadonlyArray<string | number>, key?: string): Block => {
      this.#open.add(this.#enter(parent, site.path))
      const made = this.build(child, childSite(site, pointer, key))
      if (key === undefined) this.#enter(made, join(site.path, made.name))
      return made
    }
    const block = placed(String(own(spec, 'class')), site, () => new ProgramBlock(spec as unknown as Program, options, makeChild))
    this.#open.delete(block)
    return this.#enter(block, site.path)
  }

  #fill (block: Block, spec: Members, site: Site): void {
    const children = (own(spec, 'children') ?? []) as readonly unknown[]
    const fill = (): void => {
      for (const [i, child] of children.entries()) this.#add(block, this.build(child, childSite(site, ['children', i], String(i))), site)
    }
    this.#open.add(block)
    if (own(spec, 'name_scope') === true) block.name_scope(fill)
    else fill()
    this.#open.delete(block)
  }

  #add (block: Block, child: Block, site: Site): void {
    placed(block.class_name, site, () => {
      if (isAppendable(block)) block.add(child)
      else block.register_child(child)
    })
  }

  #blockOptions (spec: Members, site: Site): object {
    const [prefix, share] = OVERRIDES.map(name => own(spec, name))
    return {
      ...(prefix !== undefined && { prefix }),
      ...(share !== undefined && { params: this.#find(String(share), site, 'share').params })
    }
  }

  /** The block at a path of the spec's own document, or one that existed before. */
  #find (path: string, site: Site, member: string): Block {
    const wanted = join(site.base, path)
    const found = this.#walk(wanted) ?? this.#context.blocks.get(path)
    if (found !== undefined && !this.#open.has(found)) return found
    throw invalid(at(site.pointer, member), `there is no complete block at '${path}' before this one. ${knownNames('blocks', realPaths(this.#made.keys()))}`)
  }

  #walk (wanted: string): Block | undefined {
    for (const around of enclosing(wanted)) {
      const start = this.#made.get(around)
      if (start === undefined) continue
      const rest = wanted.slice(around.length).split('.').filter(key => key !== '')
      return rest.reduce<Block | undefined>((block, key) => block?.children.get(key), start)
    }
    return undefined
  }

  #enter (block: Block, path: string): Block {
    this.#made.set(path, block)
    return block
  }
}

const isAppendable = (block: Block): block is Block & { add (child: Block): unknown } => 'add' in block && typeof block.add === 'function'

/** Runs `fn`; what it throws tells where in the spec. */
function placed<T> (type: string, { pointer }: Site, fn: () => T): T {
  try {
    return fn()
  } catch (cause) {
    if (!(cause instanceof BlockserveError)) throw invalid(pointer, `${type} cannot be made: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
    if (cause.mistakes.length > 0) throw cause
    throw new BlockserveError(cause.code, cause.message, { mistakes: [{ pointer, message: cause.message }], cause })
  }
}

function invalid (pointer: string, detail: string, cause?: unknown): Error {
  return problem('invalid_spec', { detail }, { mistakes: [{ pointer, message: detail }], cause })
}
