/** Which outputs a request asks for, and in what form. */
import type { RequestedOutput } from '../../operations/schemas/inference.ts'
import { refuseSharedMemory } from './input.ts'
import { asObject, count, flag, optional, tensorName, tensors, wrong } from './members.ts'
import type { Members } from './members.ts'
import type { Parameters } from './parameters.ts'

export interface Outputs {
  /** Undefined: all of them. */
  readonly requested: readonly RequestedOutput[] | undefined
  /** Whether each is answered as raw elements, where its own parameters say so. */
  readonly binary: ReadonlyMap<string, boolean>
  /** Whether the others are. */
  readonly binaryDefault: boolean
}

/** Throws `validation_failed`, also for an output that is named twice. */
export function readOutputs (value: unknown, { binaryData: binaryDefault }: Parameters): Outputs {
  const outputs = optional(value, '/outputs', tensors)
  const names = new Set<string>()
  const binary = new Map<string, boolean>()
  const requested = outputs?.map((item, i) => {
    const pointer = `/outputs/${i}`
    const output = asObject(item, pointer)
    const name = tensorName(output.name, `${pointer}/name`)
    if (names.has(name)) throw wrong(pointer, `names '${name}', which came before`)
    names.add(name)
    const parameters = optional(output.parameters, `${pointer}/parameters`, asObject) ?? {}
    const isBinary = optional(parameters.binary_data, `${pointer}/parameters/binary_data`, flag)
    if (isBinary !== undefined) binary.set(name, isBinary)
    return { name, ...classification(parameters, pointer) }
  })
  return { requested: requested?.length === 0 ? undefined : requested, binary, binaryDefault }
}

function classification (parameters: Members, pointer: string): { classification?: number } {
  refuseSharedMemory(parameters, `${pointer}/parameters`)
  const most = optional(parameters.classification, `${pointer}/parameters/classification`, count)
  return most === undefined || most === 0 ? {} : { classification: most }
}
