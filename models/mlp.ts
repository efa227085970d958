import { Block, Dense, type Argument, type Output } from 'blockserve'

/** A hidden layer of 256 units with ReLU, then 10 outputs. (batch, …) in, (batch, 10) out. */
export class MLP extends Block {
  static override readonly row_wise = true
  readonly hidden = new Dense(256, { activation: 'relu' })
  readonly output = new Dense(10)

  override forward (x: Argument): Output {
    return this.output.call(this.hidden.call(x))
  }
}
