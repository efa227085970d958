import type { Static } from 'typebox'
import type { RandomStream } from '../random/stream.ts'
import { complete, double, optionsOf, type Complete } from './definition.ts'
import { checkFloat32, Initializer, type Weight } from './initializer.ts'

const options = optionsOf({ sigma: double(0.01, 'The standard deviation.') })

/** Values of N(0, sigma²). */
export class Normal extends Initializer<Complete<typeof options>> {
  static readonly definition = { type: 'Normal', summary: 'Values of N(0, sigma²).', aliases: [], options }

  constructor (given: Static<typeof options> = {}) {
    super(complete(options, given))
  }

  /** Throws `initializer_dtype`. */
  override init_weight (name: string, weight: Weight, random: RandomStream): void {
    checkFloat32('Normal', name, weight)
    random.fillNormal(weight.data, 0, this.options.sigma)
  }
}
