import { isNDArray } from '../../../src/nn/np/index.ts'
import type { Block, Output } from '../../../src/nn/block.ts'
import { ASSIGN } from '../../../src/nn/registrar.ts'
import { Sequential } from '../../../src/nn/layers/index.ts'
import { hostOf, type NDArray } from '../../../src/nn/np/index.ts'
import type { InitializerSpec } from '../../../src/nn/initializers/index.ts'
import type { DType, Shape } from '../../../src/tensor.ts'
import { build, type PrintedBlock } from '../build.ts'
import type { Context } from '../context.ts'
import { toInitializer, type PrintedInitializer } from '../initializers.ts'
import { NotBuilt, type Received } from '../received.ts'
import { modeText } from './texts.ts'
import { NOTHING, type StepTable } from './step.ts'

type Input = string | readonly string[]

function buildStep (context: Context, { out, block }: { out: string, block: PrintedBlock }): Received {
  context.set(out, build(context, block))
  return NOTHING
}

function initialize (context: Context, step: { block: string, init?: PrintedInitializer, force_reinit?: boolean }): Received {
  const init: { init?: InitializerSpec } = step.init === undefined ? {} : { init: toInitializer(step.init) }
  context.block(step.block).initialize({ ...init, ...(step.force_reinit !== undefined && { force_reinit: step.force_reinit }) })
  return NOTHING
}

function forward (context: Context, { block, inputs, out }: { block: string, inputs: readonly Input[], out: Input }): Received {
  const args = inputs.map(input => typeof input === 'string' ? context.array(input) : input.map(name => context.array(name)))
  const output = context.block(block).call(...args)
  if (typeof out !== 'string') return named(context, out, output)
  if (!isNDArray(output)) throw new Error(`expected one output, received ${output.length}`)
  context.set(out, output)
  return { tensor: context.measured(hostOf(output)) }
}

function named (context: Context, names: readonly string[], output: Output): Received {
  const outputs = (isNDArray(output) ? [output] : output.flat()) as readonly NDArray[]
  const tensors = names.map((name, i) => {
    const value = outputs[i]
    if (value === undefined) throw new Error(`expected ${names.length} outputs, received ${outputs.length}`)
    context.set(name, value)
    return [name, context.measured(hostOf(value))] as const
  })
  return { tensors: new Map(tensors) }
}

function params (context: Context, step: { block: string, select?: string }): Received {
  const block = context.block(step.block)
  const parameters = block.collect_params(step.select).values().map(parameter => ({
    name: parameter.name,
    shape: classicShape(context, parameter.shape),
    dtype: parameter.dtype,
    grad_req: parameter.grad_req,
    data: parameter.state === 'ready' ? context.valueOf(parameter) : undefined
  }))
  const structural = [...block.collect_params_with_prefix()].map(([path, parameter]) => [path, parameter.name] as const)
  return { prefix: block.prefix, params: parameters, structural }
}

function slice (context: Context, step: { of: string, start?: number, stop?: number, out: string }): Received {
  const part = sequential(context, step.of).slice(step.start, step.stop)
  context.set(step.out, part)
  return { text: modeText(context, String(part)) }
}

function index (context: Context, step: { of: string, index: number }): Received {
  return { text: modeText(context, String(sequential(context, step.of).at(step.index))) }
}

function add (context: Context, step: { to: string, block: PrintedBlock }): Received {
  const block = build(context, step.block)
  context.own(block)
  sequential(context, step.to).add(block)
  return NOTHING
}

function cast (context: Context, { block, dtype }: { block: string, dtype: DType }): Received {
  context.block(block).cast(dtype)
  return NOTHING
}

function hybridize (context: Context, { block, active = true }: { block: string, active?: boolean }): Received {
  context.block(block).hybridize(active)
  return NOTHING
}

function setattr (context: Context, { of, name, value }: { of: string, name: string, value: unknown }): Received {
  const block: Block = context.block(of)
  const assigned = typeof value === 'object' && value !== null && 'type' in value ? build(context, value as PrintedBlock) : value
  block[ASSIGN](name, assigned, context.at(`${of}.${name}`))
  context.own(block)
  return NOTHING
}

function sequential (context: Context, path: string): Sequential {
  const block = context.block(path)
  if (block instanceof Sequential) return block
  throw new NotBuilt(`indexing a ${block.class_name}`)
}

/** Classic mode writes 0 for a dimension that is not known. */
function classicShape ({ mode }: Context, shape: Shape | null): Shape | null {
  return mode === 'np' || shape === null ? shape : shape.map(dim => Math.max(dim, 0))
}

export const BLOCKS: StepTable = { build: buildStep, initialize, forward, params, slice, index, add, cast, hybridize, setattr }
