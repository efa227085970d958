/** An inference request: JSON, then the raw elements of its binary inputs, as the binary_tensor_data extension has it. */
import type { InferenceInput } from '../../../operations/schemas/inference.ts'
import { decodeShaped, show } from '../../../wire/decode-elements.ts'
import type { TensorLimits } from '../../../wire/decode-elements.ts'
import { JSON_ELEMENTS } from '../../../wire/oip/elements.ts'
import { checkBytes, describeInput, refuseSharedMemory, refuseTwice } from '../../../wire/oip/input.ts'
import type { Described } from '../../../wire/oip/input.ts'
import { asObject, optional, tensors, text, wrong } from '../../../wire/oip/members.ts'
import type { Members } from '../../../wire/oip/members.ts'
import { readOutputs } from '../../../wire/oip/outputs.ts'
import type { Outputs } from '../../../wire/oip/outputs.ts'
import { readParameters } from '../../../wire/oip/parameters.ts'
import { parseWithNumbers } from '../../../wire/number-lists.ts'
import type { Parsed } from '../../../wire/number-lists.ts'
import type { Body } from './body.ts'

export interface InferenceRequest extends Outputs {
  readonly id: string | undefined
  readonly inputs: readonly InferenceInput[]
  /** The whole body, where it is the elements of the model's only input. */
  readonly raw?: InferenceInput['parts']
  readonly timeoutUs: number | undefined
  /** From 1, which goes first. */
  readonly priority: number | undefined
}

const NO_JSON: InferenceRequest = {
  id: undefined, inputs: [], requested: undefined, binary: new Map(), binaryDefault: true, timeoutUs: undefined, priority: undefined
}

/**
 * Reads a body. `jsonLength` is what Inference-Header-Content-Length says: 0 for a body that is nothing but elements, undefined for one
 * that is nothing but JSON. Members that are not known are ignored. Throws `invalid_json`, `validation_failed`, `invalid_tensor`.
 */
export function readInference (body: Body, jsonLength: number | undefined, limits: TensorLimits): InferenceRequest {
  if (jsonLength === 0) return { ...NO_JSON, raw: body.parts }
  const end = jsonLength ?? body.length
  const { value, numbers } = parseWithNumbers(body.contiguous(0, end))
  const request = asObject(value, '')
  const parameters = readParameters(request.parameters)
  const rest = new Rest(body, end)
  const inputs = tensors(request.inputs, '/inputs').map((input, i) => readInput(input, `/inputs/${i}`, { rest, limits, numbers }))
  refuseTwice(inputs, '/inputs')
  rest.end()
  const { timeoutUs, priority } = parameters
  return { id: optional(request.id, '/id', text), inputs, ...readOutputs(request.outputs, parameters), timeoutUs, priority }
}

/** The bytes behind the JSON, taken in order. */
class Rest {
  readonly #body: Body
  #at: number

  constructor (body: Body, start: number) {
    this.#body = body
    this.#at = start
  }

  take (bytes: number, name: string): InferenceInput['parts'] {
    const left = this.#body.length - this.#at
    if (bytes > left) throw wrong('', `has ${left} of the ${bytes} bytes of the input '${name}'; ${bytes - left} more are expected`)
    const start = this.#at
    this.#at += bytes
    return this.#body.slice(start, this.#at)
  }

  end (): void {
    const left = this.#body.length - this.#at
    if (left > 0) throw wrong('', `has ${left} bytes left over behind its JSON and the bytes of its inputs`)
  }
}

interface Reading extends Pick<Parsed, 'numbers'> { readonly rest: Rest, readonly limits: TensorLimits }

function readInput (value: unknown, pointer: string, { rest, limits, numbers }: Reading): InferenceInput {
  const input = asObject(value, pointer)
  const described = describeInput(input, pointer, limits)
  const bytes = binarySize(input, pointer)
  if (bytes === undefined) return { ...described, parts: [jsonData(numbers(input.data), described, pointer, limits)] }
  if (input.data !== undefined) throw wrong(pointer, 'has both data and binary_data_size; one is expected')
  checkBytes(described, bytes, sizeAt(pointer))
  return { ...described, parts: rest.take(bytes, described.name) }
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

function jsonData (data: unknown, { datatype, shape }: Described, pointer: string, limits: TensorLimits): Uint8Array<ArrayBuffer> {
  if (data === undefined) throw wrong(pointer, 'has neither data nor, in its parameters, binary_data_size')
  const kind = JSON_ELEMENTS[datatype]
  if (kind === undefined) throw wrong(`${pointer}/datatype`, `is ${datatype}, which JSON cannot hold exactly; send it as binary data`)
  const { buffer, byteOffset, byteLength } = decodeShaped(shape, kind, data, `${pointer}/data`, limits)
  return new Uint8Array(buffer, byteOffset, byteLength)
}
