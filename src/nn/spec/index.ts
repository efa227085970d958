/** JSON ⇄ Block: architectures as data. */
import { problem, type Mistake } from '../../errors.ts'
import { byteLength, isKnown } from '../../tensor.ts'
import type { Block } from '../block.ts'
import { isDeeperThan } from '../json.ts'
import { checkShape } from '../np/array.ts'
import type { BlockRegistry } from '../registry.ts'
import { session, type Limits } from '../session.ts'
import { SpecBuilder } from './builder.ts'
import { SpecChecker } from './checker.ts'
import { SpecContext, type SpecOptions } from './context.ts'
import { MAX_JSON_DEPTH, ROOT } from './site.ts'

export { MAX_BLOCKS, MAX_DEPTH } from './site.ts'
export { checkInitializer } from './options.ts'
export type { SpecOptions }

/**
 * Builds the network a spec describes, in the current session. Options have Gluon's names beside `type`; containers have
 * `children` and `name_scope`; every block may have `prefix` and `share`, the path of an earlier block whose parameters it
 * takes; `{"use": path}` is the earlier block itself, once more.
 * Throws `invalid_spec` with every mistake, `too_many_parameter_bytes` (before anything is allocated), and what making the blocks throws.
 */
export function buildSpec (spec: unknown, registry: BlockRegistry, options: SpecOptions = {}): Block {
  const { mistakes, bytes } = inspect(spec, registry, options)
  if (mistakes.length > 0) throw invalidSpec(mistakes)
  const { parameterBytes } = options.limits ?? session().limits
  if (bytes > parameterBytes) throw problem('too_many_parameter_bytes', { bytes, limit: parameterBytes })
  const block = assembleSpec(spec, registry, options)
  checkParameters(block, options.limits ?? session().limits)
  return block
}

/** Every mistake of a spec, each with its JSON pointer. Nothing is made or allocated. */
export function validateSpec (spec: unknown, registry: BlockRegistry, options: SpecOptions = {}): Mistake[] {
  const { mistakes, bytes } = inspect(spec, registry, options)
  const limit = (options.limits ?? session().limits).parameterBytes
  if (bytes > limit) mistakes.push({ pointer: '', message: `The parameters would take ${bytes} bytes, the most allowed is ${limit}.` })
  return mistakes
}

/**
 * Builds a spec without checking it first, as a Gluon program would: its mistakes show when and where Gluon shows them.
 * For trusted specs only.
 */
export function assembleSpec (spec: unknown, registry: BlockRegistry, options: SpecOptions = {}): Block {
  return new SpecBuilder(new SpecContext(registry, options)).build(spec, ROOT)
}

function inspect (spec: unknown, registry: BlockRegistry, options: SpecOptions): { readonly mistakes: Mistake[], readonly bytes: number } {
  if (isDeeperThan(MAX_JSON_DEPTH, spec)) return { mistakes: [{ pointer: '', message: `The spec is nested more than ${MAX_JSON_DEPTH} deep.` }], bytes: 0 }
  const checker = new SpecChecker(new SpecContext(registry, options))
  checker.check(spec, ROOT)
  return { mistakes: checker.mistakes.list, bytes: checker.bytes }
}

/** The error that tells all mistakes of a spec, the first of them in its message. */
export const invalidSpec = (mistakes: readonly Mistake[]): Error => problem('invalid_spec', { detail: summary(mistakes) }, { mistakes })

function summary ([first, ...more]: readonly Mistake[]): string {
  const one = first === undefined ? '' : `${first.pointer === '' ? 'at the top' : first.pointer}: ${first.message.replace(/\.$/, '')}`
  return more.length === 0 ? one : `${one} (and ${more.length} more)`
}

/** What blocks of code made counts too. */
function checkParameters (block: Block, { parameterBytes }: Limits): void {
  let bytes = 0
  for (const parameter of new Set(block.collect_params().values())) {
    const { shape } = parameter
    if (shape === null || !isKnown(shape)) continue
    checkShape(shape)
    bytes += byteLength(parameter.dtype, shape)
  }
  if (bytes > parameterBytes) throw problem('too_many_parameter_bytes', { bytes, limit: parameterBytes })
}
