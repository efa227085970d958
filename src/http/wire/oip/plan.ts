/** What the JSON of an inference request says, but for the elements of its inputs. */
import { show } from '../../../wire/decode-elements.ts'
import type { TensorLimits } from '../../../wire/decode-elements.ts'
import { checkBytes, describeInput, refuseSharedMemory, refuseTwice } from '../../../wire/oip/input.ts'
import type { Described } from '../../../wire/oip/input.ts'
import { asObject, optional, tensors, text, wrong } from '../../../wire/oip/members.ts'
import type { Members } from '../../../wire/oip/members.ts'
import { readOutputs } from '../../../wire/oip/outputs.ts'
import type { Outputs } from '../../../wire/oip/outputs.ts'
import { readParameters } from '../../../wire/oip/parameters.ts'

export interface Plan extends Outputs {
  readonly id: string | undefined
  readonly inputs: readonly PlannedInput[]
  readonly timeoutUs: number | undefined
  /** From 1, which goes first. */
  readonly priority: number | undefined
}

export interface PlannedInput {
  readonly described: Described
  /** How many bytes behind the JSON are its elements; undefined where they are `data`. */
  readonly bytes: number | undefined
  readonly data: unknown
}

/** Members that are not known are ignored. Throws `validation_failed`, `invalid_tensor`, `rank_too_high`, `too_many_elements`. */
export function planOf (value: unknown, limits: TensorLimits): Plan {
  const request = asObject(value, '')
  const parameters = readParameters(request.parameters)
  const inputs = tensors(request.inputs, '/inputs').map((input, i) => planInput(input, `/inputs/${i}`, limits))
  refuseTwice(inputs.map(({ described }) => described), '/inputs')
  const { timeoutUs, priority } = parameters
  return { id: optional(request.id, '/id', text), inputs, ...readOutputs(request.outputs, parameters), timeoutUs, priority }
}

function planInput (value: unknown, pointer: string, limits: TensorLimits): PlannedInput {
  const input = asObject(value, pointer)
  const described = describeInput(input, pointer, limits)
  const bytes = binarySize(input, pointer)
  if (bytes === undefined) return { described, bytes, data: input.data }
  if (input.data !== undefined) throw wrong(pointer, 'has both data and binary_data_size; one is expected')
  checkBytes(described, bytes, sizeAt(pointer))
  return { described, bytes, data: undefined }
}

const sizeAt = (pointer: string): string => `${pointer}/parameters/binary_data_size`

function binarySize (input: Members, pointer: string): number | undefined {
  const parameters = optional(input.parameters, `${pointer}/parameters`, asObject) ?? {}
  refuseSharedMemory(parameters, `${pointer}/parameters`)
  const { binary_data_size: bytes } = parameters
  if (bytes === undefined) return undefined
  if (Number.isSafeInteger(bytes) && (bytes as number) >= 0) return bytes as number
  throw wrong(sizeAt(pointer), `must be a whole number from 0; received ${show(bytes)}`)
}
