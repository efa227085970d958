import type { Static } from 'typebox'
import type { RandomStream } from '../random/stream.ts'
import { complete, double, optionsOf, type Complete } from './definition.ts'
import { checkFloat32, Initializer, type Weight } from './initializer.ts'

const options = optionsOf({ scale: double(0.07, 'Values are drawn from [-scale, scale).') })

/** Values of U[−scale, scale). */
export class Uniform extends Initializer<Complete<typeof options>> {
  static readonly definition = { type: 'Uniform', summary: 'Values of U[-scale, scale).', aliases: [], options }

  constructor (given: Static<typeof options> = {}) {
    super(complete(options, given))
  }

  /** Throws `initializer_dtype`. */
  override init_weight (name: string, weight: Weight, random: RandomStream): void {
    checkFloat32('Uniform', name, weight)
    random.fillUniform(weight.data, -this.options.scale, this.options.scale)
  }
}
