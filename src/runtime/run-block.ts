import { BlockserveError, problem } from '../errors.ts'
import type { Argument, Block, Output } from '../nn/index.ts'

/** Runs a block. What custom code throws that is not an error of ours becomes `forward_failed`. */
export function runBlock (block: Block, inputs: readonly Argument[]): Output {
  try {
    return block.call(...inputs)
  } catch (cause) {
    if (cause instanceof BlockserveError) throw cause
    throw problem('forward_failed', { block: block.name, detail: cause instanceof Error ? cause.message : String(cause) }, { cause })
  }
}
