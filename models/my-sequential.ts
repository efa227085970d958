import { Block, type Argument, type Output } from 'blockserve'

/** Runs its children in the order in which they were added; each is registered under its own name. */
export class MySequential extends Block {
  add (...blocks: Block[]): this {
    for (const block of blocks) this.register_child(block, block.name)
    return this
  }

  override forward (x: Argument): Output {
    let y: Output = x
    for (const block of this.children.values()) y = block.call(y)
    return y
  }
}
