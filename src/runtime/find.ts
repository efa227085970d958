import { knownNames, problem } from '../errors.ts'
import type { Block, Parameter } from '../nn/index.ts'
import type { LiveModel } from './live-model.ts'
import { blockAt, walkBlocks } from './walk.ts'

/** The block at a path of a model. Throws `block_not_found`. */
export function requireBlock (live: LiveModel, path: string): Block {
  const found = blockAt(live.block, path)
  if (found !== undefined) return found
  const known = [...walkBlocks(live.block)].map(([at]) => at).filter(at => at !== '')
  throw problem('block_not_found', { path, model: live.identity.name, known: knownNames('paths', known) })
}

/** The parameter of a full or structural name. Throws `parameter_not_found`. */
export function requireParameter (live: LiveModel, name: string): Parameter {
  const found = live.parameter(name)
  if (found !== undefined) return found
  throw problem('parameter_not_found', { parameter: name, model: live.identity.name, known: knownNames('parameters', live.block.collect_params().keys()) })
}
