import { Block, Dense, np, session, type NDArray } from 'blockserve'

/** A constant weight, a layer that is used twice, and control flow that depends on values. (batch, …) in, a scalar out. */
export class FancyMLP extends Block {
  readonly rand_weight = this.params.get_constant('rand_weight', session().random.uniform(0, 1, [20, 20]))
  readonly dense = new Dense(20, { activation: 'relu' })

  override forward (x: NDArray): NDArray {
    let y = this.dense.call(x) as NDArray
    y = np.relu(np.add(np.dot(y, this.rand_weight.data()), 1))
    y = this.dense.call(y) as NDArray
    while (np.item(np.sum(np.abs(y))) > 1) y = np.divide(y, 2)
    if (np.item(np.sum(np.abs(y))) < 0.8) y = np.multiply(y, 10)
    return np.sum(y)
  }
}
