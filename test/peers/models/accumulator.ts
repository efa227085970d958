import { Block, np, Type, type Argument, type BlockDefinition, type BlockOptions, type NDArray } from 'blockserve'

const SHAPE = [-1, 3]

/** As recurrent layers are called: an array and a list of two states in; their sum, and the new states, out. All are (batch, 3). */
export class Accumulator extends Block {
  static override readonly definition: BlockDefinition<Accumulator> = {
    type: 'Accumulator',
    summary: 'Adds an array to two states.',
    options: Type.Object({}),
    parameters: [],
    rowWise: false,
    inputShapes: () => [SHAPE, [SHAPE, SHAPE]],
    inferShape: () => [SHAPE, SHAPE, SHAPE],
    create: (options: BlockOptions) => new Accumulator(options)
  }

  override forward (x: Argument, states: Argument): NDArray[] {
    const [a, b] = (states as readonly NDArray[]).map(state => np.add(state, x as NDArray)) as [NDArray, NDArray]
    return [np.add(a, b), a, b]
  }
}
