import * as tf from '@tensorflow/tfjs-core'
import { Type, type Static } from 'typebox'
import { problem } from '../../errors.ts'
import { DTYPE_NAMES, formatShape, sizeOf, type DType, type Shape } from '../../tensor.ts'
import type { BlockOptions } from '../block.ts'
import type { BlockDefinition, Options } from '../definition.ts'
import { HybridBlock } from '../hybrid-block.ts'
import type { InitializerSpec } from '../initializers/registry.ts'
import { checkShape, type NDArray } from '../np/array.ts'
import type { Parameter } from '../parameter.ts'
import { initializerOption } from '../schemas.ts'
import { weightProduct } from '../weight-product.ts'
import { Activation, ACTIVATIONS } from './activation.ts'

const options = Type.Object({
  units: Type.Integer({ minimum: 1, description: 'Width of the output.' }),
  activation: Type.Optional(Type.Union([Type.String({ enum: ACTIVATIONS }), Type.Null()], { default: null, description: 'Function applied to the output.' })),
  use_bias: Type.Optional(Type.Boolean({ default: true, description: 'Whether a bias is added.' })),
  flatten: Type.Optional(Type.Boolean({ default: true, description: 'Whether all dimensions but the first are taken together.' })),
  dtype: Type.Optional(Type.String({ enum: DTYPE_NAMES, default: 'float32' })),
  weight_initializer: initializerOption('Initializer of the weight; without one the default of initialize.'),
  bias_initializer: initializerOption('Initializer of the bias.', 'zeros'),
  in_units: Type.Optional(Type.Integer({ minimum: 0, default: 0, description: 'Width of the input; 0: told by the first forward.' }))
})

export interface DenseOptions extends BlockOptions {
  readonly activation?: string | null
  readonly use_bias?: boolean
  readonly flatten?: boolean
  readonly dtype?: DType
  readonly weight_initializer?: InitializerSpec | null
  readonly bias_initializer?: InitializerSpec | null
  readonly in_units?: number
}

/**
 * Fully connected layer: activation(x·Wᵀ + b), W of shape (units, in_units), b of shape (units,).
 * Input (batch, …), taken as (batch, in_units), output (batch, units); with `flatten: false` (…, in_units) to (…, units).
 */
export class Dense extends HybridBlock {
  static override readonly definition: BlockDefinition<Dense> = {
    type: 'Dense',
    summary: 'Fully connected layer: activation(x·Wᵀ + b).',
    options,
    parameters: [{ name: 'weight', shape: '(units, in_units)' }, { name: 'bias', shape: '(units,)', optional: 'use_bias' }],
    rowWise: true,
    inputShapes: block => [[-1, block.weight.shape?.[1] ?? -1]],
    inferShape: (block, [input]) => input === undefined && !block.flatten ? [] : [block.outputShape(input ?? [])],
    create: ({ units, ...rest }: Options<Static<typeof options>>) => new Dense(units, rest as DenseOptions)
  }

  readonly units: number
  readonly flatten: boolean
  readonly weight: Parameter
  readonly bias: Parameter | null
  readonly act: Activation | null

  constructor (units: number, options: DenseOptions = {}) {
    super(options)
    this.units = units
    this.flatten = options.flatten ?? true
    const dtype = options.dtype ?? 'float32'
    const made = this.name_scope(() => ({
      weight: this.params.get('weight', { shape: [units, options.in_units ?? 0], init: options.weight_initializer, dtype, allow_deferred_init: true }),
      bias: options.use_bias === false
        ? null
        : this.params.get('bias', { shape: [units], init: options.bias_initializer ?? 'zeros', dtype, allow_deferred_init: true }),
      act: options.activation == null ? null : new Activation(options.activation, { prefix: `${options.activation}_` })
    }))
    this.weight = made.weight
    this.bias = made.bias
    this.act = made.act
  }

  override forward (x: NDArray): NDArray {
    this.finishDeferred(x)
    const { act, weight } = this
    const width = weight.host().shape[1] as number
    this.#checkInput(x, width)
    const shape = this.outputShape(x.shape)
    checkShape(shape)
    const rows = x.rank === 2 ? x : tf.reshape(x, [sizeOf(shape.slice(0, -1)), width])
    const output = this.#affine(rows)
    const shaped = shape.length === 2 ? output : tf.reshape(output, [...shape])
    return act === null ? shaped : act.call(shaped) as NDArray
  }

  /** The output shape for an input shape. */
  outputShape (input: Shape): Shape {
    return this.flatten ? [input[0] ?? -1, this.units] : [...input.slice(0, -1), this.units]
  }

  override toString (): string {
    const [units, inUnits] = this.weight.shape ?? [this.units, -1]
    return `Dense(${inUnits} -> ${units}, ${this.act === null ? 'linear' : String(this.act)})`
  }

  protected override infer_shape (x: NDArray): void {
    const fail = (detail: string): Error => problem('deferred_inference_failed', { block: this.name, shape: formatShape(x.shape), detail })
    if (x.rank === 0) throw fail('it has no dimensions')
    if (this.units < 1) throw fail(`units is ${this.units}`)
    if (this.act !== null && !ACTIVATIONS.includes(this.act.activation)) throw fail(`there is no activation '${this.act.activation}'`)
    this.act?.trace([x])
    this.weight.shape = [this.units, inputWidth(x.shape, this.flatten)]
  }

  #affine (rows: NDArray): NDArray {
    const { bias } = this
    const product = weightProduct(rows, this.weight)
    return bias === null ? product : tf.add(product, bias.data())
  }

  #checkInput (x: NDArray, width: number): void {
    if (x.rank > 0 && inputWidth(x.shape, this.flatten) === width) return
    throw problem('wrong_input_shape', { block: this.name, expected: expectedShape(width, this.flatten), received: formatShape(x.shape) })
  }
}

function inputWidth (shape: Shape, flatten: boolean): number {
  if (!flatten || shape.length === 2) return shape.at(-1) ?? 0
  return shape.slice(1).reduce((product, dim) => product * dim, 1)
}

const expectedShape = (width: number, flatten: boolean): string => flatten ? `(batch, ${width})` : `(…, ${width})`
