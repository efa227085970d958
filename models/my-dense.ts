import { Block, np, Type, type BlockOptions, type NDArray } from 'blockserve'

/** relu(x·W + b) with W of shape (in_units, units). (batch, in_units) in, (batch, units) out. */
export class MyDense extends Block {
  static override readonly row_wise = true
  static readonly options = Type.Object({
    units: Type.Integer({ minimum: 1, description: 'Width of the output.' }),
    in_units: Type.Integer({ minimum: 1, description: 'Width of the input.' })
  })

  readonly weight
  readonly bias

  constructor ({ units, in_units, ...rest }: BlockOptions & { readonly units: number, readonly in_units: number }) {
    super(rest)
    this.weight = this.params.get('weight', { shape: [in_units, units] })
    this.bias = this.params.get('bias', { shape: [units] })
  }

  override forward (x: NDArray): NDArray {
    return np.relu(np.add(np.dot(x, this.weight.data()), this.bias.data()))
  }
}
