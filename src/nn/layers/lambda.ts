import { Type, type Static } from 'typebox'
import { listNames, problem } from '../../errors.ts'
import { Block, type Argument, type BlockOptions, type Output } from '../block.ts'
import type { BlockDefinition, Options } from '../definition.ts'
import * as ops from '../np/ops.ts'

export type LambdaFunction = (...args: Argument[]) => Output

const { abs, exp, log, negative, relu, sigmoid, sqrt, square, tanh } = ops
const NAMED = { abs, exp, log, negative, relu, sigmoid, sqrt, square, tanh } as const

const options = Type.Object({ function: Type.String({ enum: Object.keys(NAMED), description: 'An elementwise function by name.' }) })

function resolve (block: string, fn: LambdaFunction | string): LambdaFunction {
  if (typeof fn !== 'string') return fn
  if (Object.hasOwn(NAMED, fn)) return NAMED[fn as keyof typeof NAMED] as LambdaFunction
  throw problem('unknown_function', { block, received: fn, known: listNames(Object.keys(NAMED)) })
}

const functionName = (fn: LambdaFunction | string): string => typeof fn === 'string' ? fn : fn.name === '' ? '<lambda>' : fn.name

/** Wraps a function of arrays, or an elementwise function by name, as a Block. */
export class Lambda extends Block {
  static override readonly definition: BlockDefinition<Lambda> = {
    type: 'Lambda',
    summary: 'An elementwise function by name as a Block.',
    options,
    parameters: [],
    rowWise: true,
    inputShapes: (_block, wanted) => wanted,
    inferShape: (_block, inputs) => inputs,
    create: ({ function: fn, ...rest }: Options<Static<typeof options>>) => new Lambda(fn, rest)
  }

  readonly #function: LambdaFunction
  readonly #name: string

  constructor (fn: LambdaFunction | string, options: BlockOptions = {}) {
    super(options)
    this.#function = resolve(this.name, fn)
    this.#name = functionName(fn)
  }

  override get row_wise (): boolean { return Object.hasOwn(NAMED, this.#name) }

  override forward (...args: Argument[]): Output { return this.#function(...args) }

  override toString (): string { return `${this.class_name}(${this.#name})` }
}

/** Lambda as a HybridBlock, for use inside a HybridSequential. */
export class HybridLambda extends Lambda {
  static override readonly definition: BlockDefinition<HybridLambda> = {
    ...Lambda.definition,
    type: 'HybridLambda',
    create: ({ function: fn, ...rest }: Options<Static<typeof options>>) => new HybridLambda(fn, rest)
  }

  override get is_hybrid (): boolean { return true }
}
