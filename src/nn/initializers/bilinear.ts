import { problem } from '../../errors.ts'
import { formatShape } from '../../tensor.ts'
import { optionsOf } from './definition.ts'
import { Initializer, type Weight } from './initializer.ts'

/** The kernel of bilinear upsampling, for transposed convolutions of shape (out, in, h, w). Draws nothing. */
export class Bilinear extends Initializer {
  static readonly definition = { type: 'Bilinear', summary: 'The weights of bilinear upsampling.', aliases: [], options: optionsOf({}) }

  /**
   * (1 − |x/f − c|)(1 − |y/f − c|) with f = ⌈w/2⌉, c = (2f − 1 − f mod 2) / 2f.
   * Throws `initializer_option` unless the shape has 4 dimensions.
   */
  override init_weight (name: string, { shape, data }: Weight): void {
    const [, , height, width] = shape
    if (height === undefined || width === undefined || shape.length !== 4) {
      throw problem('initializer_option', { initializer: 'Bilinear', detail: `'${name}' must have 4 dimensions, received shape ${formatShape(shape)}` })
    }
    const f = Math.ceil(width / 2)
    const c = (2 * f - 1 - f % 2) / (2 * f)
    const tent = (at: number) => 1 - Math.abs(at / f - c)
    for (let i = 0; i < data.length; i++) data[i] = tent(i % width) * tent(Math.floor(i / width) % height)
  }
}
