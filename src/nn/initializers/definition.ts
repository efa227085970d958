import { Type, type Static, type TObject } from 'typebox'

/** All there is to know about a kind of initializer, stated beside its class; catalogue, specs and texts are made from it. */
export interface InitializerDefinition {
  readonly type: string
  /** One sentence for the catalogue. */
  readonly summary?: string
  /** Further names it is known by. Names are compared in lower case. */
  readonly aliases: readonly string[]
  /** Its options with Gluon's names, in Gluon's order, with Gluon's defaults. */
  readonly options: TObject
}

/** The options of a schema with all defaults filled in. */
export type Complete<O extends TObject> = Readonly<Required<Static<O>>>

/** A number that MXNet holds as a Python float, so that its texts say 1.0 and not 1. */
export function double (value: number, description: string) {
  return Type.Optional(Type.Number({ default: value, format: 'double', description }))
}

/** One of some words; the first is the default. */
export function oneOf<const W extends readonly string[]> (words: W, description: string) {
  return Type.Optional(Type.Enum([...words], { default: words[0], description }))
}

/** The schema of all options of an initializer. */
export function optionsOf<P extends Parameters<typeof Type.Object>[0]> (properties: P) {
  return Type.Object(properties, { additionalProperties: false })
}

/** The options in the order of the schema, with its defaults where none is given. */
export function complete<O extends TObject> (schema: O, given: Static<O>): Complete<O> {
  const received: Readonly<Record<string, unknown>> = given
  const defaults = Object.entries(schema.properties) as Array<[string, { readonly default?: unknown }]>
  return Object.fromEntries(defaults.map(([name, option]) => [name, received[name] ?? option.default])) as Complete<O>
}
