/** The fixtures' form of initializers: a name, or `{"init", "args"}`. */
import { createInitializer, Initializer, initializerDefinitions, registerInitializer, type InitializerSpec, type Weight } from '../../src/nn/initializers/index.ts'
import type { RandomStream } from '../../src/nn/random/stream.ts'
import { print } from '../../src/nn/print.ts'
import { formatShape } from '../../src/tensor.ts'
import { Type } from 'typebox'
import { NotBuilt } from './received.ts'

export type PrintedInitializer = string | { readonly init: string, readonly args?: Readonly<Record<string, unknown>> }

interface MyInitOptions { readonly low: number, readonly high: number, readonly threshold: number }

/** The custom initializer of the cases: draws uniform(low, high), and keeps what is at least `threshold` away from 0. */
export class MyInit extends Initializer<MyInitOptions> {
  static readonly definition = {
    type: 'MyInit',
    aliases: [],
    options: Type.Object({ low: Type.Optional(Type.Number()), high: Type.Optional(Type.Number()), threshold: Type.Optional(Type.Number()) })
  }

  constructor ({ low = -10, high = 10, threshold = 5 }: Partial<MyInitOptions> = {}) {
    super({ low, high, threshold })
  }

  override init_weight (name: string, weight: Weight, random: RandomStream): void {
    print('Init', name, formatShape(weight.shape))
    random.fillUniform(weight.data, this.options.low, this.options.high)
    weight.data.forEach((value, i) => { weight.data[i] = value * Number(Math.abs(value) >= this.options.threshold) })
  }
}

registerInitializer(MyInit)

/** The initializer in the form the library takes. Throws NotBuilt for a class that does not exist. */
export function toInitializer (printed: PrintedInitializer): InitializerSpec {
  if (typeof printed === 'string') return printed
  const known = initializerDefinitions().some(({ type }) => type === printed.init)
  if (!known) throw new NotBuilt(`initializer ${printed.init}`)
  return createInitializer({ type: printed.init, ...printed.args })
}

export function isInitializer (value: unknown): value is PrintedInitializer {
  return typeof value === 'object' && value !== null && 'init' in value
}
