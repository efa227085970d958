/** The fixtures' form of blocks: `{"type", "args", "children", …}`. Only this runner knows it. */
import { listNames, problem } from '../../src/errors.ts'
import type { Block } from '../../src/nn/block.ts'
import { builtinBlocks } from '../../src/nn/registry.ts'
import { assembleSpec } from '../../src/nn/spec/index.ts'
import type { Context } from './context.ts'
import { isInitializer, toInitializer } from './initializers.ts'
import { NotBuilt } from './received.ts'

type Members = Readonly<Record<string, unknown>>

export interface PrintedBlock {
  readonly type?: string
  readonly args?: Members
  readonly children?: readonly PrintedBlock[]
  /** A block that exists already, by variable. */
  readonly ref?: string
  readonly base?: PrintedBlock
  /** The statements of a custom block. */
  readonly init?: ReadonlyArray<readonly [string, ...unknown[]]>
  readonly [member: string]: unknown
}

const registry = builtinBlocks()

/** Makes a block as a program in Gluon does, unchecked, so that its mistakes show where Gluon's do. Throws NotBuilt for unknown types. */
export function build (context: Context, printed: PrintedBlock): Block {
  return assembleSpec(toSpec(printed), registry, { blocks: context.blocks() })
}

/** The flat spec: options beside `type`. */
function toSpec (printed: PrintedBlock): Members {
  const { args = {}, children, ref, base, init, ...rest } = printed
  if (ref !== undefined) return { use: ref }
  checkOptions(String(printed.type), args)
  return {
    ...rest,
    ...Object.fromEntries(Object.entries(args).map(([name, value]) => [name, isInitializer(value) ? toInitializer(value) : value])),
    ...(children !== undefined && { children: children.map(toSpec) }),
    ...(base !== undefined && { base: toSpec(base) }),
    ...(init !== undefined && { init: init.map(toStatement) })
  }
}

function toStatement ([word, ...rest]: readonly [string, ...unknown[]]): readonly unknown[] {
  if (word === 'child') return [word, rest[0], toSpec(rest[1] as PrintedBlock)]
  return word === 'append' ? [word, toSpec(rest[0] as PrintedBlock)] : [word, ...rest]
}

/** Python refuses keywords that a constructor does not take when it runs; TypeScript does when it compiles, so here the schema does. */
function checkOptions (type: string, args: Members): void {
  const entry = registry.get(type)
  if (entry === undefined) throw new NotBuilt(`block ${type}`)
  const known = Object.keys(entry.options.properties)
  const unknown = Object.keys(args).filter(name => !known.includes(name))
  if (unknown.length > 0) throw problem('unknown_option', { block: type, unknown: listNames(unknown), known: listNames(known) })
}
