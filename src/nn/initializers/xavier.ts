import { Type, type Static } from 'typebox'
import { problem } from '../../errors.ts'
import { formatShape, sizeOf } from '../../tensor.ts'
import type { RandomStream } from '../random/stream.ts'
import { complete, oneOf, optionsOf, type Complete } from './definition.ts'
import { checkFloat32, Initializer, type Weight } from './initializer.ts'

const RANDOM_TYPES = ['uniform', 'gaussian'] as const
const FACTOR_TYPES = ['avg', 'in', 'out'] as const

/** The option of both initializers of this family. */
export const factorType = oneOf(FACTOR_TYPES, 'Scale by the fan-in, the fan-out, or their mean.')

const options = optionsOf({
  rnd_type: oneOf(RANDOM_TYPES, 'The distribution.'),
  factor_type: factorType,
  magnitude: Type.Optional(Type.Number({ default: 3, description: 'The scale is sqrt(magnitude / factor).' }))
})

type XavierOptions = Complete<typeof options>

/** Values that keep the variance of signals equal from layer to layer (Glorot & Bengio 2010). Needs at least 2 dimensions. */
export class Xavier extends Initializer<XavierOptions> {
  static readonly definition = { type: 'Xavier', summary: 'Values whose spread keeps the size of activations and gradients the same through layers.', aliases: [], options }

  constructor (given: Static<typeof options> = {}) {
    super(complete(options, given))
  }

  /** Throws `initializer_dtype`, `initializer_shape` below 2 dimensions, `initializer_option` for an unknown rnd_type or factor_type. */
  override init_weight (name: string, weight: Weight, random: RandomStream): void {
    fillXavier('Xavier', name, weight, random, this.options)
  }
}

/** With factor f: U[−s, s) or N(0, s²), s = sqrt(magnitude / f). Computed in float64, drawn in float32. */
export function fillXavier (initializer: string, name: string, weight: Weight, random: RandomStream, given: XavierOptions): void {
  checkFloat32(initializer, name, weight)
  if (weight.shape.length < 2) throw problem('initializer_shape', { initializer, parameter: name, shape: formatShape(weight.shape) })
  const scale = Math.sqrt(given.magnitude / factorOf(initializer, given.factor_type, weight))
  switch (given.rnd_type) {
    case 'uniform': random.fillUniform(weight.data, -scale, scale); break
    case 'gaussian': random.fillNormal(weight.data, 0, scale); break
    default: throw unknownWord(initializer, 'rnd_type', given.rnd_type, RANDOM_TYPES)
  }
}

function factorOf (initializer: string, received: XavierOptions['factor_type'], { shape }: Weight): number {
  const [fanOut, fanIn] = [0, 1].map(axis => (shape[axis] as number) * sizeOf(shape.slice(2))) as [number, number]
  switch (received) {
    case 'avg': return (fanIn + fanOut) / 2
    case 'in': return fanIn
    case 'out': return fanOut
    default: throw unknownWord(initializer, 'factor_type', received, FACTOR_TYPES)
  }
}

function unknownWord (initializer: string, option: string, received: unknown, known: readonly string[]): Error {
  return problem('initializer_option', { initializer, detail: `${option} is one of ${known.join(', ')}; received '${String(received)}'` })
}
