import type { Static, TObject, TProperties, TSchema } from 'typebox'
import type { ErrorCode } from '../errors.ts'

/** `read` changes nothing; `mutate` changes saved state; `infer` runs a model and may be batched with others. */
export type OperationKind = 'read' | 'mutate' | 'infer'

export type Tag = 'runtime' | 'catalogue' | 'architectures' | 'models' | 'blocks' | 'parameters' | 'checkpoints' | 'arrays' | 'inference' | 'repository'

/** One command of the product. Routes, messages, handlers and the OpenAPI document follow from it. */
export interface Operation<Name extends string = string, In extends TObject = TObject, Out extends TSchema = TSchema> {
  /** Name of the message and operationId of the route. */
  readonly name: Name
  readonly kind: OperationKind
  /** One line, without a full stop. */
  readonly summary: string
  readonly description?: string
  readonly tag: Tag
  /** Everything the command takes, wherever it stands in the request. Tensors in it are HostTensors. */
  readonly input: In
  /** A component, or null for an operation that answers nothing. */
  readonly output: Out
  /** Codes it can answer with, beside those of every request. */
  readonly errors: readonly ErrorCode[]
}

/** What a handler of the operation receives. */
export type Input<O extends Operation> = Static<O['input']>

/** What a handler of the operation answers. */
export type Output<O extends Operation> = Static<O['output']>

/** States a command once; see {@link Operation}. */
export function defineOperation<Name extends string, Properties extends TProperties, Out extends TSchema> (
  operation: Operation<Name, TObject<Properties>, Out>
): Operation<Name, TObject<Properties>, Out> {
  return operation
}
