import { problem } from '../errors.ts'
import { broadcastIndices, select } from '../slicing.ts'
import { hostTensor, type HostTensor, type TypedArray } from '../tensor.ts'
import { additionOf } from '../nn/addition.ts'
import { castExactly } from './cast-exactly.ts'

export interface Patch {
  readonly slice: string
  readonly set?: HostTensor | undefined
  readonly add?: HostTensor | undefined
}

/**
 * A copy of a tensor with a slice set, or added to. The value broadcasts to the slice.
 * Throws `invalid_slice`, `shape_mismatch`, `dtype_conflict`.
 */
export function patchTensor (tensor: HostTensor, parameter: string, patch: Patch): HostTensor {
  const given = patch.set ?? patch.add
  if (given === undefined) throw problem('internal')
  const { shape, indices } = select(patch.slice, tensor.shape)
  const value = castExactly(given, tensor.dtype, parameter).data
  const from = broadcastIndices(given.shape, shape)
  const data = tensor.data.slice() as TypedArray
  const combine = patch.set !== undefined ? replace : additionOf(tensor.dtype)
  for (let i = 0; i < indices.length; i++) {
    const at = indices[i] as number
    data[at] = combine(data[at] as never, value[from[i] as number] as never) as never
  }
  return hostTensor(tensor.dtype, tensor.shape, data)
}

const replace = (_old: number | bigint, value: number | bigint): number | bigint => value
