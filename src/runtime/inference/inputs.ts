/** Named inputs as the arguments of a network. */
import { listNames, problem } from '../../errors.ts'
import { np, type Argument, type NDArray } from '../../nn/index.ts'
import type { InferenceInput, Signature } from '../../operations/schemas/inference.ts'
import { formatShape, hostTensor, sizeOf } from '../../tensor.ts'
import type { Network } from '../network.ts'
import { float32Of } from './float32.ts'

/** The arguments of forward. Throws `unknown_input`, `missing_input`, `inexact_input`, `invalid_tensor`. */
export function argumentsOf (network: Network, inputs: readonly InferenceInput[]): Argument[] {
  const arrays = ordered(network, inputs).map(toDevice)
  let next = 0
  return network.signature.arguments.map(count => {
    const own = arrays.slice(next, next += Math.max(1, count))
    return count === 0 ? own[0] as NDArray : own
  })
}

const toDevice = (input: InferenceInput): NDArray => np.array(hostTensor('float32', input.shape, float32Of(input)))

function ordered ({ name: model, signature }: Network, inputs: readonly InferenceInput[]): InferenceInput[] {
  const byName = new Map(inputs.map(input => [input.name, input]))
  const known = knownInputs(signature)
  for (const input of byName.keys()) {
    if (!signature.inputs.some(({ name }) => name === input)) throw problem('unknown_input', { model, input, known })
  }
  return signature.inputs.map(({ name: input }) => {
    const found = byName.get(input)
    if (found === undefined) throw problem('missing_input', { model, input, known })
    return found
  })
}

const knownInputs = ({ inputs }: Signature): string => `It has ${listNames(inputs.map(({ name }) => name))}.`

/** The only input of a network from its elements alone, as a batch of one. Throws `raw_input`. */
export function rawInput ({ name: model, signature }: Network, parts: InferenceInput['parts']): InferenceInput {
  const [input] = signature.inputs
  const refuse = (detail: string): Error => problem('raw_input', { model, detail })
  if (input === undefined || signature.inputs.length > 1) throw refuse(`it has ${signature.inputs.length} inputs`)
  const shape = signature.row_wise ? [1, ...input.shape.slice(1)] : [...input.shape]
  const free = shape.filter(dim => dim === -1).length
  const elements = parts.reduce((total, part) => total + part.byteLength, 0) / Float32Array.BYTES_PER_ELEMENT
  const others = sizeOf(shape.filter(dim => dim !== -1))
  if (free > 1) throw refuse(`of its shape ${formatShape(input.shape)} more than the batch and one other dimension are free`)
  const fits = free === 0 ? elements === others : others > 0 && elements % others === 0
  if (!fits) throw refuse(`${elements} FP32 elements do not fill its shape ${formatShape(shape)}`)
  return { name: input.name, datatype: 'FP32', shape: shape.map(dim => dim === -1 ? elements / others : dim), parts }
}
