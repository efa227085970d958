/** What a network gave, as named outputs. */
import { listNames, problem } from '../../errors.ts'
import type { InferenceOutput, RequestedOutput } from '../../operations/schemas/inference.ts'
import type { HostTensor } from '../../tensor.ts'
import type { Network } from '../network.ts'
import { numbered } from '../signature.ts'
import { classify } from './classification.ts'

/** The outputs that are asked for, in that order; all of them when none is named. Throws `unknown_output`. */
export function namedOutputs (network: Network, tensors: readonly HostTensor[], requested?: readonly RequestedOutput[]): InferenceOutput[] {
  const names = numbered('output', tensors.length)
  if (requested === undefined) return names.map((name, i) => ({ name, tensor: tensors[i] as HostTensor }))
  return requested.map(({ name, classification }) => {
    const tensor = tensors[names.indexOf(name)]
    if (tensor === undefined) throw problem('unknown_output', { model: network.name, output: name, known: `It has ${listNames(names)}.` })
    return classification === undefined ? { name, tensor } : { name, classes: classify(tensor, classification, network.signature.row_wise) }
  })
}
