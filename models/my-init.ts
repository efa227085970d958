import { formatShape, Initializer, print, Type, type RandomStream, type Weight } from 'blockserve'

interface Options { readonly low?: number, readonly high?: number, readonly threshold?: number }

/** U[low, high) where the size is at least `threshold`, 0 elsewhere. Tells which parameter it fills. */
export class MyInit extends Initializer<Options> {
  static readonly options = Type.Object({
    low: Type.Optional(Type.Number({ default: -10 })),
    high: Type.Optional(Type.Number({ default: 10 })),
    threshold: Type.Optional(Type.Number({ default: 5 }))
  })

  override init_weight (name: string, weight: Weight, random: RandomStream): void {
    const { low = -10, high = 10, threshold = 5 } = this.options
    print('Init', name, formatShape(weight.shape))
    random.fillUniform(weight.data, low, high)
    weight.data.forEach((value, i, data) => { data[i] = value * Number(Math.abs(value) >= threshold) })
  }
}
