import { Block, np, type NDArray } from 'blockserve'

/** Two arrays of one shape in, their sum and their difference out. */
export class Pair extends Block {
  static override readonly row_wise = true

  override forward (a: NDArray, b: NDArray): NDArray[] {
    return [np.add(a, b), np.subtract(a, b)]
  }
}
