import { Block } from '../../../src/nn/block.ts'
import type { Context } from '../context.ts'
import { NotBuilt, type Received } from '../received.ts'
import type { StepTable } from './step.ts'

interface TextStep { readonly of: string, readonly what: string, readonly select?: string, readonly inputs?: readonly string[] }

type Describe = (context: Context, block: Block, step: TextStep) => Received

const BLOCK_TEXTS: Readonly<Record<string, Describe>> = {
  params: (_context, block) => ({ text: String(block.params) }),
  collect_params: (_context, block, { select }) => ({ text: String(block.collect_params(select)) }),
  name: (_context, block) => ({ text: block.name }),
  prefix: (_context, block) => ({ text: block.prefix }),
  keys: (_context, block) => ({ list: [...block.children.keys()] }),
  summary: (context, block, { inputs = [] }) => {
    context.session.print(modeText(context, block.summary(...inputs.map(name => context.array(name)))))
    return {}
  }
}

function text (context: Context, step: TextStep): Received {
  const value = context.at(step.of)
  if (step.what === 'repr' || step.what === 'str') return { text: modeText(context, String(value)) }
  const describe = BLOCK_TEXTS[step.what]
  if (describe === undefined || !(value instanceof Block)) throw new NotBuilt(`text ${step.what} of ${step.of}`)
  const received = describe(context, value, step)
  return received.text === undefined ? received : { ...received, text: modeText(context, received.text) }
}

/** The library writes unknown dimensions as NumPy mode does; classic mode writes 0 in shapes and None in layers. */
export function modeText ({ mode }: Context, written: string): string {
  if (mode === 'np') return written
  return written
    .replace(/shape=\([^)]*\)/g, shape => shape.replaceAll('-1', '0'))
    .replaceAll('-1 ->', 'None ->')
}

export const TEXTS: StepTable = { text }
