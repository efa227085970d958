import { Type, type TObject } from 'typebox'
import { Architecture } from '../nn/architecture.ts'
import {
  initializerDefinitions, Initializer, registerInitializer, type InitializerClass, type InitializerDefinition
} from '../nn/initializers/index.ts'
import { isBlockClass, type BlockClass, type BlockRegistry } from '../nn/registry.ts'

/** Something a module offers, by the name it is known by. */
export interface RegisteredExport {
  readonly module: string
  readonly name: string
  readonly kind: 'block' | 'architecture' | 'initializer'
}

export interface ExportOutcome {
  readonly made: readonly RegisteredExport[]
  /** Sentences about exports that could not be taken. */
  readonly mistakes: readonly string[]
}

type Offer = { readonly kind: 'block', readonly name: string, readonly value: BlockClass }
  | { readonly kind: 'architecture', readonly name: string, readonly value: Architecture }
  | { readonly kind: 'initializer', readonly name: string, readonly value: InitializerClass }

/** What was taken for a registry: a module may pass on what another one exports. */
const taken = new WeakMap<BlockRegistry, Set<unknown>>()

/** Makes the Blocks, architectures and initializers among a module's exports known. A name stays with its first owner. */
export function registerExports (registry: BlockRegistry, module: string, exports: Readonly<Record<string, unknown>>): ExportOutcome {
  const offers = offersOf(exports)
  if (offers.length === 0) return { made: [], mistakes: ['it exports no Block, architecture or initializer'] }
  const known = taken.get(registry) ?? new Set()
  taken.set(registry, known)
  const made: RegisteredExport[] = []
  const mistakes: string[] = []
  for (const offer of offers.filter(({ value }) => !known.has(value))) {
    const mistake = mistakeOf(registry, offer)
    if (mistake !== undefined) { mistakes.push(mistake); continue }
    known.add(offer.value)
    take(registry, offer)
    made.push({ module, name: offer.name, kind: offer.kind })
  }
  return { made, mistakes }
}

/** Each exported value once, however many names it is exported under. */
function offersOf (exports: Readonly<Record<string, unknown>>): Offer[] {
  const offers = new Map<unknown, Offer>()
  for (const [key, value] of Object.entries(exports)) {
    const offer = toOffer(key, value)
    if (offer !== undefined && !offers.has(value)) offers.set(value, offer)
  }
  return [...offers.values()]
}

function toOffer (key: string, value: unknown): Offer | undefined {
  if (value instanceof Architecture) return { kind: 'architecture', name: key, value }
  if (isBlockClass(value)) return { kind: 'block', name: ownDefinition(value)?.type ?? value.name, value }
  if (!isInitializerClass(value)) return undefined
  return { kind: 'initializer', name: ownDefinition(value)?.type ?? value.name, value }
}

function mistakeOf (registry: BlockRegistry, { kind, name, value }: Offer): string | undefined {
  if (name === '' || name === 'default') return 'it exports a class without a name'
  const options = kind === 'architecture' ? value.options : ownDefinition(value)?.options ?? ownOptions(value)
  if (options !== undefined && typeof options.properties !== 'object') return `the options of '${name}' are not a Type.Object({…})`
  const isTaken = kind === 'initializer' ? isOtherInitializer(name, value) : registry.get(name) !== undefined
  return isTaken ? `'${name}' is the name of another ${kind === 'initializer' ? 'initializer' : 'block type'} already` : undefined
}

function isOtherInitializer (name: string, value: InitializerClass): boolean {
  const wanted = name.toLowerCase()
  const owner = initializerDefinitions().find(({ type, aliases }) => [type, ...aliases].some(word => word.toLowerCase() === wanted))
  return owner !== undefined && owner !== value.definition
}

function take (registry: BlockRegistry, { kind, name, value }: Offer): void {
  if (kind === 'initializer') registerInitializer(defined(name, value))
  else registry.register(value, 'module', name)
}

/** The class with a definition: one without gets it from its name and its static `options`. */
function defined (type: string, value: InitializerClass): InitializerClass {
  if (ownDefinition(value) !== undefined) return value
  const summary = `The initializer ${type}.`
  const definition: InitializerDefinition = { type, aliases: [], summary, options: ownOptions(value) ?? Type.Object({}) }
  return Object.defineProperty(value, 'definition', { value: definition })
}

const ownDefinition = <C extends BlockClass | InitializerClass>(value: C): C['definition'] | undefined =>
  Object.hasOwn(value, 'definition') ? value.definition : undefined

const ownOptions = (value: object): TObject | undefined =>
  Object.hasOwn(value, 'options') ? (value as { readonly options: TObject }).options : undefined

const isInitializerClass = (value: unknown): value is InitializerClass =>
  typeof value === 'function' && value.prototype instanceof Initializer
