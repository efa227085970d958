import type { TObject } from 'typebox'
import type { Shape } from '../tensor.ts'
import type { Block, BlockOptions } from './block.ts'

/** The shape of one argument of forward; a list of shapes for a list of states. */
export type ArgumentShape = Shape | readonly Shape[]

/** A parameter a block type has, as the catalogue shows it. Dimensions are option names or numbers. */
export interface ParameterDefinition { readonly name: string, readonly shape: string, readonly optional?: string }

/**
 * Everything a Block type states about itself, beside its class. The JSON spec, the catalogue, the OpenAPI options,
 * shape inference and the batching rule are read from it; there is no second list.
 */
export interface BlockDefinition<B extends Block = Block> {
  /** The name in specs: the class name. */
  readonly type: string
  readonly summary: string
  /** JSON Schema of the options beside `type`, Gluon's names, defaults included. */
  readonly options: TObject
  readonly parameters: readonly ParameterDefinition[]
  /** Whether row i of the output depends on row i of the input alone. Containers: whether all they run is. */
  readonly rowWise: boolean | 'children'
  /** Whether `children` may be given. */
  readonly container?: boolean
  /**
   * Shapes of the arguments of forward, −1 where a dimension is free or not known yet; undefined when not even their ranks are.
   * `wanted`: the shapes that whatever takes the output expects, for blocks that change none.
   */
  inputShapes? (block: B, wanted: readonly ArgumentShape[] | undefined): readonly ArgumentShape[] | undefined
  /** Output shapes for input shapes; −1 where it cannot be told. Without it nothing is known. */
  inferShape? (block: B, inputs: readonly Shape[]): readonly Shape[]
  /** Builds one from options that fit the schema. */
  create (options: never): B
}

/** Options of a Block as they come from a spec, with those every Block takes. */
export type Options<T> = T & BlockOptions
