import * as tf from '@tensorflow/tfjs-core'
import { Type, type Static } from 'typebox'
import { is_training } from '../autograd/index.ts'
import type { BlockOptions } from '../block.ts'
import type { BlockDefinition, Options } from '../definition.ts'
import { HybridBlock } from '../hybrid-block.ts'
import { pythonFloat } from '../initializers/python-json.ts'
import { array, type NDArray } from '../np/array.ts'
import { session } from '../session.ts'
import { formatShape } from '../../tensor.ts'

const options = Type.Object({
  rate: Type.Number({ minimum: 0, exclusiveMaximum: 1, description: 'The share of values set to zero.' }),
  axes: Type.Optional(Type.Array(Type.Integer({ minimum: 0 }), { maxItems: 6, default: [], description: 'Axes along which a whole slice is kept or dropped.' }))
})

/**
 * While training, sets values to zero with probability `rate` and scales the others by 1/(1−rate); otherwise gives
 * its input. Any shape in, the same out. The mask is drawn from the session's random stream.
 */
export class Dropout extends HybridBlock {
  static override readonly definition: BlockDefinition<Dropout> = {
    type: 'Dropout',
    summary: 'Sets a share of the values to zero while training.',
    options,
    parameters: [],
    rowWise: true,
    inputShapes: (_block, wanted) => wanted,
    inferShape: (_block, inputs) => inputs,
    create: ({ rate, axes, ...rest }: Options<Static<typeof options>>) => new Dropout(rate, { ...rest, ...(axes && { axes }) })
  }

  readonly rate: number
  readonly axes: readonly number[]

  constructor (rate: number, options: BlockOptions & { readonly axes?: readonly number[] } = {}) {
    super(options)
    this.rate = rate
    this.axes = options.axes ?? []
  }

  override forward (x: NDArray): NDArray {
    if (!is_training() || this.rate === 0) return x
    const shape = x.shape.map((dim, axis) => this.axes.includes(axis) ? 1 : dim)
    return tf.mul(x, array(session().random.dropoutMask(this.rate, shape)))
  }

  override toString (): string { return `Dropout(p = ${pythonFloat(this.rate)}, axes=${formatShape(this.axes)})` }
}
