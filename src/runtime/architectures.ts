import { knownNames, problem } from '../errors.ts'
import type { BlockRegistry } from '../nn/registry.ts'
import type { Input } from '../operations/index.ts'
import type { createModel } from '../operations/index.ts'
import type { EngineHello } from '../operations/hello.ts'
import type { JsonObject, Reader } from '../store/store.ts'
import type { ModelIdentity } from './live-model.ts'
import type { Runtime } from './runtime.ts'

type Chosen = Pick<ModelIdentity, 'architecture' | 'spec' | 'options' | 'types' | 'definitions'>

/**
 * The spec a model is made from, with copies of all stored specs it uses, so that it does not change when they do.
 * Throws `architecture_not_found`.
 */
export function chooseArchitecture (runtime: Runtime, wanted: Input<typeof createModel>['architecture'], options: JsonObject): Chosen {
  const [architecture, spec] = typeof wanted === 'string' ? [wanted, named(runtime, wanted, options)] : [null, { ...wanted, ...options }]
  const definitions = usedDefinitions(runtime, spec)
  const types = [...typesIn([spec, ...Object.values(definitions)])].filter(type => runtime.registry.get(type) !== undefined)
  return { architecture, spec, options, types, definitions }
}

/** Looks a stored spec up by name. */
export const storedSpec = (store: Reader, name: string): JsonObject | undefined => store.architecture(name)?.spec

/** Names an architecture can be asked for by. */
export function architectureNames ({ registry, store }: Runtime): string[] {
  return [...moduleTypes(registry), ...store.architectures({ limit: 1000 }).items.map(item => item.name)]
}

/** The types that modules export. */
export const moduleTypes = (registry: BlockRegistry): string[] => registry.types().filter(type => registry.get(type)?.source === 'module')

function named (runtime: Runtime, name: string, options: JsonObject): JsonObject {
  if (runtime.registry.get(name)?.source === 'module') return { ...options, type: name }
  const stored = storedSpec(runtime.store, name)
  if (stored !== undefined) return { ...stored, ...options }
  throw problem('architecture_not_found', { architecture: name, known: knownNames('architectures', architectureNames(runtime)) })
}

function usedDefinitions ({ registry, store }: Runtime, spec: JsonObject): Record<string, JsonObject> {
  const found: Record<string, JsonObject> = {}
  const visit = (value: unknown): void => {
    for (const type of typesIn(value)) {
      const stored = registry.get(type) === undefined && !Object.hasOwn(found, type) ? storedSpec(store, type) : undefined
      if (stored === undefined) continue
      found[type] = stored
      visit(stored)
    }
  }
  visit(spec)
  return found
}

/** Everything that stands as a `type` anywhere in a JSON value. */
function typesIn (root: unknown): Set<string> {
  const types = new Set<string>()
  const rest: unknown[] = [root]
  while (rest.length > 0) {
    const value = rest.pop()
    if (typeof value !== 'object' || value === null) continue
    const type = (value as { type?: unknown }).type
    if (typeof type === 'string') types.add(type)
    for (const member of Object.values(value)) rest.push(member)
  }
  return types
}

/** The architectures of modules, as the API lists them. */
export function architectureRows (registry: BlockRegistry): EngineHello['architectures'] {
  return moduleTypes(registry).map(name => {
    const entry = registry.get(name)
    return {
      name,
      source: 'module',
      read_only: true,
      summary: entry?.summary ?? null,
      options: (entry?.options ?? {}) as unknown as EngineHello['architectures'][number]['options'],
      spec: (entry?.spec ?? null) as EngineHello['architectures'][number]['spec'],
      created_at: null,
      updated_at: null
    }
  })
}
