/** Hooks of Node's module loader for files of the models folders. They run on the loader's own thread. */
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module'

export interface ModuleRoots {
  /** URLs of the folders, ending in a slash. */
  readonly roots: readonly string[]
  /** URL of the running copy of the library. */
  readonly library: string
}

let hooked: ModuleRoots = { roots: [], library: '' }

/** Called once for each `register`: roots add up. */
export const initialize: InitializeHook<ModuleRoots> = ({ roots, library }) => {
  hooked = { roots: [...hooked.roots, ...roots], library }
}

/** Leads `blockserve` to the running copy, wherever the folder lies. */
export const resolve: ResolveHook = (specifier, context, nextResolve) => {
  if (specifier === 'blockserve' && isOurs(context.parentURL)) return { url: hooked.library, shortCircuit: true }
  return nextResolve(specifier, context)
}

/** Takes `.js` for an ES module, whatever the nearest package.json says. */
export const load: LoadHook = (url, context, nextLoad) =>
  nextLoad(url, isOurs(url) && new URL(url).pathname.endsWith('.js') ? { ...context, format: 'module' } : context)

const isOurs = (url: string | undefined): boolean =>
  url !== undefined && hooked.roots.some(root => url.startsWith(root) && !url.slice(root.length).includes('node_modules/'))
