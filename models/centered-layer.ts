import { Block, np, type NDArray } from 'blockserve'

/** Subtracts the mean of all values, of the whole batch together. Any shape in, the same out. */
export class CenteredLayer extends Block {
  override forward (x: NDArray): NDArray {
    return np.subtract(x, np.mean(x))
  }
}
