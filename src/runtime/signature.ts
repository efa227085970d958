import type { Block } from '../nn/index.ts'
import { ONLY_INPUT, type Signature } from '../operations/schemas/inference.ts'
import type { Shape } from '../tensor.ts'

/**
 * What a network takes and gives, as its Blocks state it; nothing is run. Inputs are named as in Gluon's symbols: `data`, or `data0`,
 * `data1` …; lists of states count as so many inputs. An array nothing is known of has shape [-1], or [-1, -1] where rows are apart.
 */
export function signatureOf (block: Block): Signature {
  const { row_wise } = block
  const unknown = row_wise ? [-1, -1] : [-1]
  const wanted = block.infer_input_shapes()
  const given = wanted ?? Array.from({ length: arity(block) }, () => unknown)
  const inputs = given.flatMap(shapes)
  const outputs = block.infer_output_shapes(wanted === undefined ? [] : inputs) ?? []
  return {
    inputs: named(ONLY_INPUT, inputs),
    outputs: named('output', outputs.length === 0 ? [unknown] : outputs),
    arguments: given.map(argument => isList(argument) ? argument.length : 0),
    row_wise
  }
}

/** `data`, or `data0`, `data1` … when there are several. */
export const numbered = (stem: string, count: number): string[] =>
  count === 1 ? [stem] : Array.from({ length: count }, (_, i) => `${stem}${i}`)

/** A class written in JavaScript may lack a forward. */
const arity = (block: Block): number => Math.max(1, (block as Partial<Block>).forward?.length ?? 1)

const isList = (argument: Shape | readonly Shape[]): argument is readonly Shape[] => Array.isArray(argument[0])

const shapes = (argument: Shape | readonly Shape[]): readonly Shape[] => isList(argument) ? argument : [argument]

function named (stem: string, all: readonly Shape[]): Signature['inputs'] {
  const names = numbered(stem, all.length)
  return all.map((shape, i) => ({ name: names[i] as string, datatype: 'FP32', shape }))
}
