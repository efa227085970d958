/** An inference as gRPC messages have it. */
import type { Input } from '../operations/define.ts'
import type { modelInfer } from '../operations/index.ts'
import type { InferenceInput, InferenceOutput, InferenceResult } from '../operations/schemas/inference.ts'
import type { TensorLimits } from '../wire/decode-elements.ts'
import { checkBytes, describeInput, refuseSharedMemory, refuseTwice } from '../wire/oip/input.ts'
import { tensors, wrong } from '../wire/oip/members.ts'
import { describeOutput, outputBytes } from '../wire/oip/output.ts'
import { readOutputs } from '../wire/oip/outputs.ts'
import { readParameters, type Parameters } from '../wire/oip/parameters.ts'
import { readTarget } from '../wire/oip/target.ts'
import { contentsOf, elementsOf, hasMember } from './contents.ts'
import type { InputTensor, ModelInferRequest } from './messages.ts'
import { plainParameters } from './parameters.ts'

export interface Asked {
  readonly input: Input<typeof modelInfer>
  readonly parameters: Parameters
  /** Comes back in the answer. */
  readonly id: string
  /** Whether elements are to come back raw: those of the inputs were, or it was asked for. */
  readonly raw: boolean
}

/** Reads a request. Throws `validation_failed`, `invalid_name`, `invalid_tensor`, `too_many_elements`, `rank_too_high`. */
export function readInferRequest (request: ModelInferRequest, limits: TensorLimits): Asked {
  const { model_name: model, model_version: version, id, raw_input_contents: raw } = request
  const parameters = readParameters(plainParameters(request.parameters))
  const inputs = tensors(request.inputs, '/inputs').map((input, i) => readInput(input as InputTensor, i, raw, limits))
  if (raw.length > 0 && raw.length !== inputs.length) {
    throw wrong('/raw_input_contents', `has ${raw.length} parts for ${inputs.length} inputs; one for each is expected`)
  }
  refuseTwice(inputs, '/inputs')
  const plain = request.outputs.map(output => ({ name: output.name, parameters: plainParameters(output.parameters) }))
  const { requested } = readOutputs(plain, parameters)
  const target = { ...readTarget({ model, version: version === '' ? undefined : version }), model }
  const input = { ...target, inputs, ...requested !== undefined && { outputs: requested } }
  return { input, parameters, id, raw: raw.length > 0 || parameters.binaryData }
}

function readInput (
  { name, datatype, shape, parameters, contents }: InputTensor, i: number, raw: ModelInferRequest['raw_input_contents'], limits: TensorLimits
): InferenceInput {
  const pointer = `/inputs/${i}`
  refuseSharedMemory(plainParameters(parameters), `${pointer}/parameters`)
  const described = describeInput({ name, datatype, shape: shape.map(Number) }, pointer, limits)
  const part = raw[i]
  if (raw.length === 0) return { ...described, parts: [elementsOf(described, contents, `${pointer}/contents`)] }
  if (hasElements(contents)) throw wrong(`${pointer}/contents`, 'is there beside raw_input_contents; one of them is expected')
  if (part === undefined) return { ...described, parts: [] }
  checkBytes(described, part.byteLength, `/raw_input_contents/${i}`)
  return { ...described, parts: [part] }
}

const hasElements = (contents: InputTensor['contents']): boolean =>
  Object.values(contents ?? {}).some(values => Array.isArray(values) && values.length > 0)

/** The answer, raw or in members, as the question was; raw also where an output has no member of its own. */
export function inferResponse ({ model, version, outputs }: InferenceResult, { id, raw: wanted }: Asked): object {
  const raw = wanted || !outputs.every(hasMember)
  return {
    model_name: model,
    model_version: String(version),
    id,
    outputs: outputs.map(output => tensorOf(output, raw)),
    ...raw && { raw_output_contents: outputs.map(outputBytes) }
  }
}

function tensorOf (output: InferenceOutput, raw: boolean): object {
  const [datatype, shape] = describeOutput(output)
  return { name: output.name, datatype, shape, ...!raw && { contents: contentsOf(output) } }
}
