/** Loads the modules of the models folders: the architectures that are code. */
import { readdir, realpath } from 'node:fs/promises'
import { register } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import type { BlockRegistry } from '../nn/registry.ts'
import type { ModuleRoots } from './module-hooks.ts'
import { registerExports, type RegisteredExport } from './module-exports.ts'

/** A module that could not be loaded, or not all of it. */
export interface FailedModule { readonly module: string, readonly reason: string }

export interface LoadedModules {
  readonly registered: readonly RegisteredExport[]
  readonly failed: readonly FailedModule[]
}

export interface LoadModulesOptions {
  /** How long a module may take to load, ms. */
  readonly timeout_ms?: number
}

interface ModuleFile { readonly name: string, readonly path: string }
type Imported = { readonly module: string, readonly exports: Readonly<Record<string, unknown>> } | FailedModule

const EXTENSIONS = ['.js', '.mjs']

/** The folder of the architectures that come with the package. */
export const OWN_MODELS = fileURLToPath(new URL('../../models', import.meta.url))

/**
 * Imports every `.js` and `.mjs` file of the folders as an ES module, and makes the Blocks, architectures and initializers
 * it exports known. What `import … from 'blockserve'` gives there is the running copy of the library. A file that fails
 * is told in `failed`; the others are served.
 */
export async function loadModules (
  registry: BlockRegistry, folders: readonly string[], options: LoadModulesOptions = {}
): Promise<LoadedModules> {
  const failed: FailedModule[] = []
  const files = (await Promise.all(folders.map(folder => filesOf(folder, failed)))).flat()
  hook([...new Set(files.map(file => dirname(file.path)))])
  const imported = await Promise.all(files.map(file => importFile(file, options.timeout_ms ?? 10_000)))
  const registered: RegisteredExport[] = []
  for (const result of imported) {
    if ('reason' in result) { failed.push(result); continue }
    const { made, mistakes } = registerExports(registry, result.module, result.exports)
    registered.push(...made)
    if (mistakes.length > 0) failed.push({ module: result.module, reason: mistakes.join('; ') })
  }
  return { registered, failed }
}

async function filesOf (folder: string, failed: FailedModule[]): Promise<ModuleFile[]> {
  try {
    const names = (await readdir(folder)).filter(name => EXTENSIONS.includes(extname(name)) && !name.startsWith('.')).sort()
    return await Promise.all(names.map(async name => ({ name, path: await realpath(join(folder, name)) })))
  } catch (cause) {
    failed.push({ module: folder, reason: reasonOf(cause) })
    return []
  }
}

/** Teaches the loader of this process about folders, each once. */
function hook (folders: readonly string[]): void {
  const added = folders.map(folder => `${pathToFileURL(folder).href}/`).filter(root => !hooked.has(root))
  if (added.length === 0) return
  for (const root of added) hooked.add(root)
  const data: ModuleRoots = { roots: added, library: new URL('../index.js', import.meta.url).href }
  register(new URL('./module-hooks.js', import.meta.url), { data })
}

const hooked = new Set<string>()

/** Gives up after a time: a module may wait at its top level for something that never comes. */
async function importFile ({ name: module, path }: ModuleFile, timeout_ms: number): Promise<Imported> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<FailedModule>(resolve => {
    timer = setTimeout(resolve, timeout_ms, { module, reason: `it did not finish loading within ${timeout_ms} ms` })
  })
  try {
    return await Promise.race([importModule(module, path), late])
  } finally {
    clearTimeout(timer)
  }
}

async function importModule (module: string, path: string): Promise<Imported> {
  try {
    return { module, exports: await import(pathToFileURL(path).href) as Readonly<Record<string, unknown>> }
  } catch (cause) {
    return { module, reason: reasonOf(cause) }
  }
}

const reasonOf = (cause: unknown): string => cause instanceof Error ? `${cause.name}: ${cause.message}` : `it threw ${inspect(cause)}`
