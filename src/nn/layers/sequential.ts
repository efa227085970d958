import { Type } from 'typebox'
import { problem } from '../../errors.ts'
import type { Shape } from '../../tensor.ts'
import { Block, type Argument, type Output } from '../block.ts'
import type { ArgumentShape, BlockDefinition, Options } from '../definition.ts'
import type { NDArray } from '../np/array.ts'
import { session } from '../session.ts'

const NO_OPTIONS = Type.Object({})

/** The output of each child is the input of the next. An output of several arrays becomes several arguments. */
function chain (children: Iterable<Block>, input: Argument): Output {
  let value: Output = input
  for (const child of children) value = child.call(value)
  return value
}

/** The first child's wish, which may be that of one behind it. */
function wantedByChain (block: Block, wanted: readonly ArgumentShape[] | undefined): readonly ArgumentShape[] | undefined {
  return [...block.children.values()].reduceRight((shapes, child) => child.infer_input_shapes(shapes), wanted)
}

function inferChain (block: Block, inputs: readonly Shape[]): readonly Shape[] {
  let shapes = inputs
  for (const child of block.children.values()) shapes = child.infer_output_shapes(shapes) ?? []
  return shapes
}

function childAt (block: Block, index: number): Block {
  const length = block.children.size
  const found = [...block.children.values()].at(index)
  if (found !== undefined) return found
  throw problem('index_out_of_range', { block: block.name, index, length, first: -length, last: length - 1 })
}

/** Runs its children one after the other. `(*)` in, what the last child gives out. */
export class Sequential extends Block implements Iterable<Block> {
  static override readonly definition: BlockDefinition<Sequential> = {
    type: 'Sequential',
    summary: 'Runs its children one after the other.',
    options: NO_OPTIONS,
    parameters: [],
    rowWise: 'children',
    container: true,
    inputShapes: wantedByChain,
    inferShape: inferChain,
    create: (options: Options<object>) => new Sequential(options)
  }

  /** Appends children. */
  add (...blocks: Block[]): this {
    for (const block of blocks) this.register_child(block)
    return this
  }

  override forward (x: NDArray): Output { return chain(this.children.values(), x) }

  /** The child at a position; negative from the end. Throws `index_out_of_range`. */
  at (index: number): Block { return childAt(this, index) }

  /** A new container of the same class and prefix that shares children `start` to `stop`. */
  slice (start?: number, stop?: number): Sequential {
    const Container = this.constructor as typeof Sequential
    return new Container({ prefix: this.prefix }).add(...[...this].slice(start, stop))
  }

  get length (): number { return this.children.size }
  [Symbol.iterator] (): Iterator<Block> { return this.children.values() }

  override hybridize (on = true): void {
    const children = [...this]
    if (!this.is_hybrid && children.length > 0 && children.every(child => child.is_hybrid)) {
      session().warn(`All children of '${this.name}' are HybridBlocks; use HybridSequential to hybridize them as one.`)
    }
    super.hybridize(on)
  }

  protected override blockAttributes (): Array<[string, Block]> { return [...this.children] }
}

/** A Sequential of HybridBlocks. */
export class HybridSequential extends Sequential {
  static override readonly definition: BlockDefinition<HybridSequential> = {
    ...Sequential.definition,
    type: 'HybridSequential',
    summary: 'Runs its children, which are HybridBlocks, one after the other.',
    create: (options: Options<object>) => new HybridSequential(options)
  }

  override get is_hybrid (): boolean { return true }
}
