/** What holds for an input of an inference in whatever form its elements come. */
import { DATATYPES, DATATYPE_NAMES, isDatatype } from '../../operations/datatypes.ts'
import type { InferenceInput } from '../../operations/schemas/inference.ts'
import { formatShape, sizeOf } from '../../tensor.ts'
import { checkShape, show } from '../decode-elements.ts'
import type { TensorLimits } from '../decode-elements.ts'
import { tensorName, wrong } from './members.ts'
import type { Members } from './members.ts'

/** An input without its elements. */
export type Described = Omit<InferenceInput, 'parts'>

/** Reads name, datatype and shape. Throws `validation_failed`, `invalid_tensor`, `rank_too_high`, `too_many_elements`. */
export function describeInput ({ name, datatype, shape }: Members, pointer: string, limits: TensorLimits): Described {
  const checked = tensorName(name, `${pointer}/name`)
  if (!isDatatype(datatype)) throw wrong(`${pointer}/datatype`, `must be one of ${DATATYPE_NAMES.join(', ')}; received ${show(datatype)}`)
  if (datatype === 'BYTES') throw wrong(`${pointer}/datatype`, 'is BYTES, but networks take numbers')
  return { name: checked, datatype, shape: checkShape(shape, `${pointer}/shape`, limits) }
}

/** Throws `validation_failed` where an input has another number of raw bytes than its shape and datatype take. */
export function checkBytes ({ datatype, shape }: Described, bytes: number, pointer: string): void {
  const needed = sizeOf(shape) * DATATYPES[datatype]
  if (bytes !== needed) throw wrong(pointer, `is ${bytes}, but shape ${formatShape(shape)} of ${datatype} takes ${needed} bytes`)
}

/** Throws `validation_failed` for parameters of an input or output that point outside the request. */
export function refuseSharedMemory ({ shared_memory_region: region }: Members, pointer: string): void {
  if (region !== undefined) throw wrong(pointer, 'names a shared memory region; this server has no shared memory')
}

/** Throws `validation_failed` for an input that is named twice. */
export function refuseTwice (inputs: readonly Described[], pointer: string): void {
  const names = new Set<string>()
  for (const [i, { name }] of inputs.entries()) {
    if (names.has(name)) throw wrong(`${pointer}/${i}`, `names '${name}', which came before`)
    names.add(name)
  }
}
