import { at } from '../json.ts'

export const MAX_DEPTH = 64
export const MAX_BLOCKS = 10_000
/** JSON nested deeper than any valid spec can be. */
export const MAX_JSON_DEPTH = 512

/** Where a spec stands: in its document, and in the model that is built from it. */
export interface Site {
  /** JSON pointer of the spec in the document that was sent. */
  readonly pointer: string
  /** Path of the block in the model. */
  readonly path: string
  /** Path of the block that paths written here start from: the root of the spec they are written in. */
  readonly base: string
  readonly depth: number
  /** The named specs being expanded, outermost first. */
  readonly within: readonly string[]
}

export const ROOT: Site = { pointer: '', path: '', base: '', depth: 1, within: [] }

export const join = (path: string, key: string): string => path === '' ? key : key === '' ? path : `${path}.${key}`

/** Starts the key of a child that is named after itself: its real key is known once it is made. */
const UNNAMED = '\0'

/** The site of a child, given its place in the document and its key in the model, if that is known. */
export function childSite (site: Site, pointer: ReadonlyArray<string | number>, key: string = UNNAMED + pointer.join('/')): Site {
  return { ...site, pointer: at(site.pointer, ...pointer), path: join(site.path, key), depth: site.depth + 1 }
}

/** The site of a named spec's own text, which replaces the spec that names it. Names for names count as nesting. */
export function expandedSite (site: Site, name: string): Site {
  return { ...site, base: site.path, depth: site.depth + 1, within: [...site.within, name] }
}

/** Paths for a message, without those that have no real name. */
export const realPaths = (paths: Iterable<string>): string[] => [...paths].filter(path => !path.includes(UNNAMED))

/** The path itself, then those of what is around it, innermost first. */
export function * enclosing (path: string): Iterable<string> {
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) yield path.slice(0, end)
  yield ''
}
