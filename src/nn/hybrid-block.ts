import { Block } from './block.ts'

/** A Block whose children are HybridBlocks too: in Gluon, one that can be compiled to a graph. */
export abstract class HybridBlock extends Block {
  override get is_hybrid (): boolean { return true }
}
