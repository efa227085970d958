import * as tf from '@tensorflow/tfjs-core'
import { Type, type Static } from 'typebox'
import { listNames, problem } from '../../errors.ts'
import type { BlockOptions } from '../block.ts'
import type { BlockDefinition, Options } from '../definition.ts'
import { HybridBlock } from '../hybrid-block.ts'
import type { NDArray } from '../np/array.ts'

const FUNCTIONS: Readonly<Record<string, (x: NDArray) => NDArray>> = {
  relu: x => tf.relu(x),
  sigmoid: x => tf.sigmoid(x),
  tanh: x => tf.tanh(x),
  softrelu: x => tf.softplus(x),
  softsign: x => tf.div(x, tf.add(tf.abs(x), 1))
}

export const ACTIVATIONS = Object.keys(FUNCTIONS)

/** Applies the activation of that name elementwise. Throws `unknown_activation`. */
export function activate (block: string, name: string, x: NDArray): NDArray {
  const apply = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  if (apply === undefined) throw problem('unknown_activation', { block, activation: name, known: listNames(ACTIVATIONS) })
  return apply(x)
}

const options = Type.Object({ activation: Type.String({ enum: ACTIVATIONS, description: 'The function.' }) })

/** An elementwise activation: relu, sigmoid, tanh, softrelu (log(1+eˣ)) or softsign (x/(1+|x|)). Any shape in, the same out. */
export class Activation extends HybridBlock {
  static override readonly definition: BlockDefinition<Activation> = {
    type: 'Activation',
    summary: 'An elementwise activation function.',
    options,
    parameters: [],
    rowWise: true,
    inputShapes: (_block, wanted) => wanted,
    inferShape: (_block, inputs) => inputs,
    create: ({ activation, ...rest }: Options<Static<typeof options>>) => new Activation(activation, rest)
  }

  readonly activation: string

  constructor (activation: string, options: BlockOptions = {}) {
    super({ ...options, alias: activation })
    this.activation = activation
  }

  override forward (x: NDArray): NDArray { return activate(this.name, this.activation, x) }

  override toString (): string { return `Activation(${this.activation})` }
}
