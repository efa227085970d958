import { Type, type TObject } from 'typebox'
import { Architecture } from './architecture.ts'
import { Block } from './block.ts'
import type { BlockEntry, BlockSource } from './block-entry.ts'
import type { BlockDefinition } from './definition.ts'
import { Activation, Dense, Dropout, Flatten, HybridLambda, HybridSequential, Lambda, Sequential } from './layers/index.ts'
import { customEntry } from './program/language.ts'

/** A row of the catalogue. `options` is a JSON Schema. */
export interface CatalogueRow {
  readonly type: string
  readonly summary: string
  readonly source: BlockSource
  readonly options: TObject
  readonly parameters: readonly string[]
  readonly row_wise: boolean
}

/** A class of Blocks, with what it may state about itself in place of a definition. */
export interface BlockClass {
  readonly name: string
  readonly prototype: Block
  readonly definition?: BlockDefinition
  /** JSON Schema of the options its constructor takes as one object. */
  readonly options?: TObject
  readonly row_wise?: boolean
  readonly summary?: string
}

/** The types a spec can name. */
export class BlockRegistry {
  readonly #entries = new Map<string, BlockEntry>()

  /** Makes a type known: a definition, a class of Blocks, or an architecture under `name`. A later one takes over a name. */
  register (added: BlockDefinition | BlockClass | Architecture, source: BlockSource = 'module', name?: string): this {
    const entry = toEntry(added, source, name)
    this.#entries.set(entry.type, entry)
    return this
  }

  get (type: string): BlockEntry | undefined { return this.#entries.get(type) }

  types (): string[] { return [...this.#entries.keys()] }

  /** The rows of the catalogue, in order of registration. */
  catalogue (): CatalogueRow[] {
    return [...this.#entries.values()].map(({ type, summary, source, options, parameters, rowWise }) => ({
      type, summary, source, options, parameters: parameters.map(({ name }) => name), row_wise: rowWise !== false
    }))
  }

  /** A registry of its own with the same types. */
  clone (): BlockRegistry {
    const copy = new BlockRegistry()
    for (const [type, entry] of this.#entries) copy.#entries.set(type, entry)
    return copy
  }

  /** Adds a type whose entry is known already. */
  add (entry: BlockEntry): this {
    this.#entries.set(entry.type, entry)
    return this
  }
}

const LAYERS = [Sequential, HybridSequential, Dense, Activation, Dropout, Flatten, Lambda, HybridLambda]

/** A registry of the library's Blocks and of `custom`, the Block that is defined as data. */
export function builtinBlocks (): BlockRegistry {
  const registry = new BlockRegistry()
  for (const layer of LAYERS) registry.register(layer, 'library')
  return registry.add(customEntry)
}

export const isBlockClass = (value: unknown): value is BlockClass => typeof value === 'function' && value.prototype instanceof Block

function toEntry (added: BlockDefinition | BlockClass | Architecture, source: BlockSource, name: string | undefined): BlockEntry {
  if (added instanceof Architecture) return architectureEntry(added, source, name ?? 'architecture')
  if (!isBlockClass(added)) return definitionEntry(added, source)
  const definition = Object.hasOwn(added, 'definition') ? added.definition : undefined
  const entry = definition === undefined ? classEntry(added, source) : definitionEntry(definition, source)
  return { ...entry, isHybrid: added.prototype.is_hybrid }
}

function definitionEntry (definition: BlockDefinition, source: BlockSource): BlockEntry {
  const { type, summary, options, parameters, rowWise, container = false } = definition
  const create: BlockEntry['create'] = given => definition.create(given as never)
  return { type, summary, source, options, parameters, rowWise, container, isBlock: true, create }
}

/** What a class inherits is not taken for what it is: only its own statements count. */
function classEntry (added: BlockClass, source: BlockSource): BlockEntry {
  const own = <K extends keyof BlockClass>(key: K): BlockClass[K] | undefined => Object.hasOwn(added, key) ? added[key] : undefined
  return {
    type: added.name,
    summary: own('summary') ?? `The Block ${added.name}.`,
    source,
    options: own('options') ?? Type.Object({}),
    parameters: [],
    rowWise: own('row_wise') ?? false,
    container: 'add' in added.prototype,
    isBlock: true,
    create: given => Reflect.construct(added as unknown as new (options: object) => Block, [given]) as Block
  }
}

function architectureEntry (added: Architecture, source: BlockSource, type: string): BlockEntry {
  const { source: made, summary, options } = added
  const described = { type, summary: summary ?? `The network ${type}.`, source, options }
  const rest = { ...described, parameters: [], rowWise: false, container: false, isBlock: false }
  if (typeof made === 'function') return { ...rest, create: given => made(given as never) }
  return { ...rest, spec: made }
}
