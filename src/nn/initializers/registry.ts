import { listNames, problem } from '../../errors.ts'
import { Bilinear } from './bilinear.ts'
import { Constant, One, Zero } from './constant.ts'
import type { InitializerDefinition } from './definition.ts'
import { Initializer } from './initializer.ts'
import { LSTMBias } from './lstmbias.ts'
import { MSRAPrelu } from './msraprelu.ts'
import { Normal } from './normal.ts'
import { Orthogonal } from './orthogonal.ts'
import { Uniform } from './uniform.ts'
import { Xavier } from './xavier.ts'

/**
 * An initializer in any of its forms: an instance, a name, a flat object, or one of MXNet's texts: `["normal", {"sigma": 0.1}]`,
 * `{"initializer": "normal", "sigma": 0.1}`.
 */
export type InitializerSpec = Initializer | string | { readonly type: string, readonly [option: string]: unknown }

/** A class of initializers that can be made by name. Its constructor takes the options as one object. */
export interface InitializerClass {
  new (options?: never): Initializer
  readonly definition: InitializerDefinition
}

const classes = new Map<string, InitializerClass>()

/** Makes a class known by its type and aliases; a later one takes over a name. */
export function registerInitializer (added: InitializerClass): void {
  for (const name of [added.definition.type, ...added.definition.aliases]) classes.set(name.toLowerCase(), added)
}

for (const known of [Uniform, Normal, Constant, Zero, One, Xavier, MSRAPrelu, Orthogonal, Bilinear, LSTMBias]) registerInitializer(known)

/** The definitions of all registered initializers, each once, in the order of registration. */
export function initializerDefinitions (): InitializerDefinition[] {
  return [...new Set(classes.values())].map(known => known.definition)
}

/**
 * The initializer a spec stands for; an instance stands for itself. Names are compared in lower case.
 * Throws `unknown_initializer`, `unknown_option`, `initializer_option`. Words such as rnd_type are checked when they are used.
 */
export function createInitializer (spec: InitializerSpec): Initializer {
  if (spec instanceof Initializer) return spec
  if (typeof spec === 'string') return fromString(spec)
  const { type, ...options } = spec
  if (typeof type !== 'string') throw problem('initializer_option', { initializer: JSON.stringify(spec), detail: 'it needs \'type\', the name of an initializer' })
  return make(type, options)
}

function fromString (text: string): Initializer {
  if (text.startsWith('[')) {
    const [name, options] = parseText(text) as unknown[]
    return make(String(name), typeof options === 'object' && options !== null ? options : {})
  }
  if (!text.startsWith('{')) return make(text, {})
  const { initializer, ...options } = parseText(text) as { initializer?: unknown }
  return make(String(initializer), options)
}

function parseText (text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw problem('initializer_option', { initializer: text, detail: 'it is not valid JSON; write ["name", {"option": value}]' }, { cause })
  }
}

function make (name: string, options: object): Initializer {
  const Found = classes.get(name.toLowerCase())
  if (Found === undefined) throw problem('unknown_initializer', { initializer: name, known: [...classes.keys()].sort().join(', ') })
  checkOptions(Found.definition, options)
  return Reflect.construct(Found, [options]) as Initializer
}

function checkOptions ({ type, options: { properties } }: InitializerDefinition, received: object): void {
  const known = Object.keys(properties)
  const unknown = Object.keys(received).filter(option => !known.includes(option))
  if (unknown.length > 0) {
    throw problem('unknown_option', { block: `Initializer ${type}`, unknown: listNames(unknown), known: listNames(known) || 'none' })
  }
  for (const [option, value] of Object.entries(received)) {
    const mustBeNumber = (properties[option] as { readonly type?: unknown }).type === 'number'
    if (mustBeNumber && typeof value !== 'number') {
      throw problem('initializer_option', { initializer: type, detail: `${option} must be a number, received ${JSON.stringify(value)}` })
    }
  }
}
