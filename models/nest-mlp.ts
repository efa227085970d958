import { Block, Dense, Sequential, type Argument, type Output } from 'blockserve'

/** A Sequential of two layers inside a Block, then a third layer. (batch, …) in, (batch, 16) out. */
export class NestMLP extends Block {
  static override readonly row_wise = true
  readonly net = new Sequential().add(new Dense(64, { activation: 'relu' }), new Dense(32, { activation: 'relu' }))
  readonly dense = new Dense(16, { activation: 'relu' })

  override forward (x: Argument): Output {
    return this.dense.call(this.net.call(x))
  }
}
