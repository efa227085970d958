import { Type, type Static } from 'typebox'
import { problem } from '../../errors.ts'
import { formatShape } from '../../tensor.ts'
import { optionsOf, type Complete } from './definition.ts'
import { Initializer, type Weight } from './initializer.ts'
import { broadcast, flatten, type Nested } from './nested.ts'

const options = optionsOf({
  value: Type.Optional(Type.Unsafe<Nested>({
    type: ['number', 'array'],
    items: {},
    default: 0,
    description: 'A number, or nested arrays of numbers that broadcast to the shape of the parameter.'
  }))
})
const nothing = optionsOf({})

/** One number everywhere, or the values of an array. Draws nothing. */
export class Constant extends Initializer<Complete<typeof options>> {
  static readonly definition = { type: 'Constant', summary: 'One value, or the values of an array.', aliases: [], options }
  readonly #value: ReturnType<typeof flatten>

  constructor (given: Static<typeof options> = {}) {
    const received = given.value ?? 0
    flatten(received, 'Constant')
    const value = rounded(received)
    super({ value })
    this.#value = flatten(value, 'Constant')
  }

  /** Throws `initializer_option` when the value does not broadcast to the shape. */
  override init_weight (name: string, weight: Weight): void {
    if (broadcast(this.#value, weight.shape, weight.data)) return
    const detail = `a value of shape ${formatShape(this.#value.shape)} does not fit '${name}' of shape ${formatShape(weight.shape)}`
    throw problem('initializer_option', { initializer: 'Constant', detail })
  }
}

/** 0 everywhere. Draws nothing. */
export class Zero extends Initializer {
  static readonly definition = { type: 'Zero', summary: 'Zeros.', aliases: ['zeros'], options: nothing }

  override init_weight (_name: string, weight: Weight): void {
    weight.data.fill(0)
  }
}

/** 1 everywhere. Draws nothing. */
export class One extends Initializer {
  static readonly definition = { type: 'One', summary: 'Ones.', aliases: ['ones'], options: nothing }

  override init_weight (_name: string, weight: Weight): void {
    weight.data.fill(1)
  }
}

/** Numbers of an array are float32 in MXNet, a bare number stays as it is. */
function rounded (given: Nested): Nested {
  if (!Array.isArray(given)) return given
  const round = (element: Nested): Nested => typeof element === 'number' ? Math.fround(element) : element.map(round)
  return given.map(round)
}
