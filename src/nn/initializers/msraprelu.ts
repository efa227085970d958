import type { Static } from 'typebox'
import type { RandomStream } from '../random/stream.ts'
import { complete, double, optionsOf, type Complete } from './definition.ts'
import { Initializer, type Weight } from './initializer.ts'
import { factorType, fillXavier } from './xavier.ts'

const options = optionsOf({
  factor_type: factorType,
  slope: double(0.25, 'The slope of the PReLU for negative inputs.')
})

/** Xavier for layers followed by a PReLU: gaussian with magnitude 2 / (1 + slope²) (He et al. 2015). Needs at least 2 dimensions. */
export class MSRAPrelu extends Initializer<Complete<typeof options>> {
  static readonly definition = { type: 'MSRAPrelu', summary: 'Xavier for rectified units.', aliases: [], options }

  constructor (given: Static<typeof options> = {}) {
    super(complete(options, given))
  }

  /** Throws `initializer_dtype`, `initializer_shape`. */
  override init_weight (name: string, weight: Weight, random: RandomStream): void {
    const { factor_type, slope } = this.options
    fillXavier('MSRAPrelu', name, weight, random, { rnd_type: 'gaussian', factor_type, magnitude: 2 / (1 + slope ** 2) })
  }
}
