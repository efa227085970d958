import type { Block } from './block.ts'
import { session } from './session.ts'

const DEPTH = 4

type IsBlock = (value: unknown) => value is Block

/** Warns about Blocks held in a list, Map or object attribute: they are not registered, so their parameters are not found. */
export function warnHiddenBlocks (owner: Block, isBlock: IsBlock): void {
  const registered = new Set(owner.children.values())
  for (const [name, value] of Object.entries(owner)) {
    const hidden = [...blocksIn(value, DEPTH, isBlock)].some(block => !registered.has(block))
    if (!hidden) continue
    session().warn(`'${owner.name}.${name}' holds Blocks that are not registered, so their parameters are not collected, ` +
      'initialized or saved. Register each with register_child(), or put them into a Sequential.')
  }
}

function * blocksIn (value: unknown, depth: number, isBlock: IsBlock): Iterable<Block> {
  if (depth === 0 || isBlock(value) || typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  for (const item of itemsOf(value)) {
    if (isBlock(item)) yield item
    else yield * blocksIn(item, depth - 1, isBlock)
  }
}

function itemsOf (value: object): Iterable<unknown> {
  if (value instanceof Map || value instanceof Set || Array.isArray(value)) return value.values()
  return Object.getPrototypeOf(value) === Object.prototype ? Object.values(value) : []
}
