import { Type, type TObject } from 'typebox'
import type { Block } from './block.ts'

export interface ArchitectureOptions {
  readonly summary?: string
  /** JSON Schema of the options the builder takes, by name. Default: none. */
  readonly options?: TObject
}

/** Builds a network. Called anew for each model, in the model's session. */
export type ArchitectureBuilder = (options: never) => Block

/** A network that is no class of its own: a function that builds it, or a spec. See `architecture`. */
export class Architecture {
  readonly source: ArchitectureBuilder | Readonly<Record<string, unknown>>
  readonly summary: string | undefined
  readonly options: TObject

  constructor (source: Architecture['source'], { summary, options }: ArchitectureOptions) {
    this.source = source
    this.summary = summary
    this.options = options ?? Type.Object({})
  }
}

/**
 * What a module of the models folder exports to offer a network under the name of the export:
 * `export const twin = architecture(() => new Sequential().add(new Dense(8), new Dense(8)))`, or a spec in the function's place.
 */
export function architecture (source: Architecture['source'], options: ArchitectureOptions = {}): Architecture {
  return new Architecture(source, options)
}
