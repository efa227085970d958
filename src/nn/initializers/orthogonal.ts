import type { Static } from 'typebox'
import { problem } from '../../errors.ts'
import { sizeOf } from '../../tensor.ts'
import type { RandomStream } from '../random/stream.ts'
import { complete, double, oneOf, optionsOf, type Complete } from './definition.ts'
import { Initializer, type Weight } from './initializer.ts'
import { singularVectors } from './svd/svd.ts'

const RANDOM_TYPES = ['uniform', 'normal'] as const
const options = optionsOf({
  scale: double(1.414, 'The singular value of the matrix.'),
  rand_type: oneOf(RANDOM_TYPES, 'The distribution of the matrix that is made orthogonal.')
})

/**
 * An orthogonal matrix times `scale`, the weight seen as (outputs, everything else): Saxe, McClelland & Ganguli 2014.
 * Draws from the parallel generator in every mode. The decomposition is done in float64, as NumPy does it.
 */
export class Orthogonal extends Initializer<Complete<typeof options>> {
  static readonly definition = { type: 'Orthogonal', summary: 'An orthogonal matrix, scaled.', aliases: [], options }

  constructor (given: Static<typeof options> = {}) {
    super(complete(options, given))
  }

  /** Throws `initializer_option` for an unknown rand_type. */
  override init_weight (_name: string, { shape, data }: Weight, random: RandomStream): void {
    const rows = shape[0] ?? 1
    const columns = sizeOf(shape.slice(1))
    const values = this.#draw(rows * columns, random)
    const column = (j: number) => Float64Array.from({ length: rows }, (_, i) => values[i * columns + j] as number)
    const { u, v } = singularVectors(Array.from({ length: columns }, (_, j) => column(j)))
    const scale = Math.fround(this.options.scale)
    for (let i = 0; i < data.length; i++) data[i] = Math.fround(Math.fround(elementAt(u, v, rows, columns, i)) * scale)
  }

  #draw (count: number, random: RandomStream): Float32Array {
    switch (this.options.rand_type) {
      case 'uniform': return random.ndUniform(-1, 1, [count]).data as Float32Array
      case 'normal': return random.ndNormal(0, 1, [count]).data as Float32Array
      default: throw problem('initializer_option', {
        initializer: 'Orthogonal', detail: `rand_type is one of ${RANDOM_TYPES.join(', ')}; received '${String(this.options.rand_type)}'`
      })
    }
  }
}

/** An element of U where that has the shape of the weight, else of Vᵀ. */
function elementAt (u: readonly Float64Array[], v: readonly Float64Array[], rows: number, columns: number, index: number): number {
  const [i, j] = [Math.floor(index / columns), index % columns]
  return (rows >= columns ? u[j]?.[i] : v[i]?.[j]) as number
}
