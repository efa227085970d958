import { problem } from '../../errors.ts'
import type { DType, Shape } from '../../tensor.ts'
import type { RandomStream } from '../random/stream.ts'
import { isEqual } from '../text.ts'
import type { InitializerDefinition } from './definition.ts'
import { pythonJson } from './python-json.ts'

/** What an initializer fills: the values of a parameter, C order. Write into `data`; it is float64 when the parameter is not float32. */
export interface Weight {
  readonly shape: Shape
  readonly dtype: DType
  readonly data: Float32Array | Float64Array
}

/**
 * Fills the first value of a parameter. A custom initializer extends it and writes into `weight.data`:
 *
 *     class Coarse extends Initializer {
 *       init_weight (name: string, weight: Weight, random: RandomStream): void {
 *         random.fillUniform(weight.data, -10, 10)
 *         weight.data.forEach((value, i, data) => { data[i] = Math.round(value) })
 *       }
 *     }
 *
 * An instance can be used anywhere; `registerInitializer` makes it known by name too.
 */
export abstract class Initializer<Options extends object = object> {
  /** In the order in which `dumps` writes them. */
  readonly options: Options

  constructor (options: Options = {} as Options) {
    this.options = options
  }

  /** Fills `weight` for the parameter of that full name; whatever it draws comes from `random`. */
  abstract init_weight (name: string, weight: Weight, random: RandomStream): void

  /** MXNet's text of an initializer: `["normal", {"sigma": 0.01}]`. */
  dumps (): string {
    return pythonJson([this.constructor.name.toLowerCase(), this.options], option => this.#isDouble(option))
  }

  /** Whether `other` is of the same class and has the same options. */
  equals (other: unknown): boolean {
    return other instanceof Initializer && other.constructor === this.constructor && isEqual(other.options, this.options)
  }

  #isDouble (option: string): boolean {
    const { definition } = this.constructor as { readonly definition?: InitializerDefinition }
    return (definition?.options.properties[option] as { readonly format?: string } | undefined)?.format === 'double'
  }
}

/** MXNet's random initializers fill float32 parameters alone. Throws `initializer_dtype` for others. */
export function checkFloat32 (initializer: string, name: string, { dtype }: Weight): void {
  if (dtype !== 'float32') throw problem('initializer_dtype', { initializer, parameter: name, dtype })
}
