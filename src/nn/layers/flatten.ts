import * as tf from '@tensorflow/tfjs-core'
import { Type } from 'typebox'
import type { BlockDefinition, Options } from '../definition.ts'
import { HybridBlock } from '../hybrid-block.ts'
import type { NDArray } from '../np/array.ts'
import { sizeOf, type Shape } from '../../tensor.ts'

/** Takes all dimensions but the first together: (batch, …) in, (batch, product) out. */
export class Flatten extends HybridBlock {
  static override readonly definition: BlockDefinition<Flatten> = {
    type: 'Flatten',
    summary: 'Takes all dimensions but the first together.',
    options: Type.Object({}),
    parameters: [],
    rowWise: true,
    inferShape: (_block, inputs) => inputs.map(flattened),
    create: (options: Options<object>) => new Flatten(options)
  }

  override forward (x: NDArray): NDArray { return tf.reshape(x, [...flattened(x.shape)]) }

  override toString (): string { return 'Flatten' }
}

function flattened (shape: Shape): Shape {
  const rest = shape.slice(1)
  return [shape[0] ?? 1, rest.includes(-1) ? -1 : sizeOf(rest)]
}
