/** An inference request: JSON, then the raw elements of its binary inputs, as the binary_tensor_data extension has it. */
import { DATATYPES, DATATYPE_NAMES, isDatatype } from '../../../operations/datatypes.ts'
import type { InferenceInput } from '../../../operations/schemas/inference.ts'
import { formatShape, sizeOf } from '../../../tensor.ts'
import { checkShape, decodeShaped, show } from '../decode-elements.ts'
import type { TensorLimits } from '../decode-elements.ts'
import { parseJson } from '../parse-json.ts'
import type { Body } from './body.ts'
import { JSON_ELEMENTS } from './elements.ts'
import { asObject, list, optional, tensorName, text, wrong } from './members.ts'
import type { Members } from './members.ts'
import { readOutputs } from './outputs.ts'
import type { Outputs } from './outputs.ts'
import { readParameters } from './parameters.ts'
import type { Parameters } from './parameters.ts'

export interface InferenceRequest extends Outputs {
  readonly id: string | undefined
  readonly inputs: readonly InferenceInput[]
  /** The whole body, where it is the elements of the model's only input. */
  readonly raw?: InferenceInput['parts']
  readonly timeoutUs: number | undefined
}

const NO_JSON: InferenceRequest = {
  id: undefined, inputs: [], requested: undefined, binary: new Map(), binaryDefault: true, timeoutUs: undefined
}

/**
 * Reads a body. `jsonLength` is what Inference-Header-Content-Length says: 0 for a body that is nothing but elements, undefined for one
 * that is nothing but JSON. Members that are not known are ignored. Throws `invalid_json`, `validation_failed`, `invalid_tensor`.
 */
export function readInference (body: Body, jsonLength: number | undefined, limits: TensorLimits): InferenceRequest {
  if (jsonLength === 0) return { ...NO_JSON, raw: body.parts }
  const end = jsonLength ?? body.length
  const request = asObject(parseJson(body.contiguous(0, end)), '')
  const parameters = readParameters(request.parameters)
  const rest = new Rest(body, end)
  const inputs = list(request.inputs, '/inputs').map((input, i) => readInput(input, `/inputs/${i}`, rest, limits))
  refuseTwice(inputs.map(({ name }) => name), '/inputs')
  rest.end()
  return { id: optional(request.id, '/id', text), inputs, ...readOutputs(request.outputs, parameters), timeoutUs: timeoutOf(parameters) }
}

const timeoutOf = ({ timeout }: Parameters): number | undefined => timeout === 0 ? undefined : timeout

function refuseTwice (names: readonly string[], pointer: string): void {
  const second = names.findIndex((name, i) => names.indexOf(name) < i)
  if (second !== -1) throw wrong(`${pointer}/${second}`, `names '${names[second]}', which came before`)
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

function readInput (value: unknown, pointer: string, rest: Rest, limits: TensorLimits): InferenceInput {
  const input = asObject(value, pointer)
  const name = tensorName(input.name, `${pointer}/name`)
  const { datatype } = input
  if (!isDatatype(datatype)) throw wrong(`${pointer}/datatype`, `must be one of ${DATATYPE_NAMES.join(', ')}; received ${show(datatype)}`)
  if (datatype === 'BYTES') throw wrong(`${pointer}/datatype`, 'is BYTES, but networks take numbers')
  const shape = checkShape(input.shape, `${pointer}/shape`, limits)
  const bytes = binarySize(input, pointer)
  const described = { name, datatype, shape }
  if (bytes === undefined) return { ...described, parts: [jsonData(input.data, described, pointer, limits)] }
  if (input.data !== undefined) throw wrong(pointer, 'has both data and binary_data_size; one is expected')
  return { ...described, parts: binaryData(described, bytes, pointer, rest) }
}

function binarySize (input: Members, pointer: string): number | undefined {
  const { binary_data_size: bytes, shared_memory_region: region } = optional(input.parameters, `${pointer}/parameters`, asObject) ?? {}
  if (region !== undefined) throw wrong(`${pointer}/parameters`, 'names a shared memory region; this server has no shared memory')
  if (bytes === undefined) return undefined
  const at = `${pointer}/parameters/binary_data_size`
  if (!Number.isSafeInteger(bytes) || (bytes as number) < 0) throw wrong(at, `must be a whole number from 0; received ${show(bytes)}`)
  return bytes as number
}

type Described = Omit<InferenceInput, 'parts'>

function binaryData ({ name, datatype, shape }: Described, bytes: number, pointer: string, rest: Rest): InferenceInput['parts'] {
  const needed = sizeOf(shape) * DATATYPES[datatype]
  if (bytes === needed) return rest.take(bytes, name)
  throw wrong(`${pointer}/parameters/binary_data_size`, `is ${bytes}, but shape ${formatShape(shape)} of ${datatype} takes ${needed} bytes`)
}

function jsonData (data: unknown, { datatype, shape }: Described, pointer: string, limits: TensorLimits): Uint8Array<ArrayBuffer> {
  if (data === undefined) throw wrong(pointer, 'has neither data nor, in its parameters, binary_data_size')
  const kind = JSON_ELEMENTS[datatype]
  if (kind === undefined) throw wrong(`${pointer}/datatype`, `is ${datatype}, which JSON cannot hold exactly; send it as binary data`)
  const { buffer, byteOffset, byteLength } = decodeShaped(shape, kind, data, `${pointer}/data`, limits)
  return new Uint8Array(buffer, byteOffset, byteLength)
}
