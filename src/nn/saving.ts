import type { HostTensor } from '../tensor.ts'
import type { Block } from './block.ts'
import type { Parameter } from './parameter.ts'

export interface SaveOptions {
  /** Saves a shared parameter once, under the last of its paths. Default false. */
  readonly deduplicate?: boolean
}

/**
 * The values of a block by structural name, in the order of a parameter file.
 * Throws `not_initialized`, `deferred` for the first parameter without a value.
 */
export function structuralValues (block: Block, { deduplicate = false }: SaveOptions = {}): Map<string, HostTensor> {
  const named = block.collect_params_with_prefix()
  const chosen = deduplicate ? lastPaths(named) : named
  return new Map([...chosen].map(([path, parameter]) => [path, parameter.host()]))
}

/** Each parameter once: at the position of its first path, under its last one. */
function lastPaths (named: ReadonlyMap<string, Parameter>): Map<string, Parameter> {
  const last = new Map<Parameter, string>()
  for (const [path, parameter] of named) last.set(parameter, path)
  return new Map([...last].map(([parameter, path]) => [path, parameter]))
}
