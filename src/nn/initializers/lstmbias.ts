import type { Static } from 'typebox'
import { complete, double, optionsOf, type Complete } from './definition.ts'
import { Initializer, type Weight } from './initializer.ts'

const options = optionsOf({ forget_bias: double(1, 'The bias of the forget gate.') })

/** The bias of an LSTM, of shape (4 · hidden): 0, and forget_bias for the forget gate, which is the second quarter. Draws nothing. */
export class LSTMBias extends Initializer<Complete<typeof options>> {
  static readonly definition = { type: 'LSTMBias', summary: 'Zeros, with the forget gate at forget_bias.', aliases: [], options }

  constructor (given: Static<typeof options> = {}) {
    super(complete(options, given))
  }

  override init_weight (_name: string, { shape, data }: Weight): void {
    const rows = shape[0] ?? 1
    const quarter = Math.floor(rows / 4) * (data.length / rows)
    data.fill(0)
    data.fill(this.options.forget_bias, quarter, 2 * quarter)
  }
}
