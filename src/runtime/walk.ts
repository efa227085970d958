import type { Block } from '../nn/index.ts'

/** A block and all below it with their paths, parents first. A block held in two places comes twice. */
export function * walkBlocks (block: Block, path = ''): Iterable<[string, Block]> {
  yield [path, block]
  for (const [name, child] of block.children) yield * walkBlocks(child, path === '' ? name : `${path}.${name}`)
}

/** The block at a path; undefined when there is none. Names may contain dots. */
export function blockAt (root: Block, path: string): Block | undefined {
  for (const [at, block] of walkBlocks(root)) if (at === path) return block
  return undefined
}
