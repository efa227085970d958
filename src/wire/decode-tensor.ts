/** Tensors out of parsed JSON. Every mistake is `invalid_tensor` with a JSON pointer. */
import { DTYPE_NAMES, hostTensor, isDType } from '../tensor.ts'
import type { DType, HostTensor } from '../tensor.ts'
import type { Argument } from '../operations/schemas/tensor.ts'
import { checkShape, decodeNested, decodeShaped, invalid, show } from './decode-elements.ts'
import type { TensorLimits } from './decode-elements.ts'
import { ELEMENTS } from './elements.ts'
import { isObject } from './is-object.ts'

const MEMBERS = ['shape', 'dtype', 'data']

/** A tensor from `{"shape","dtype","data"}`, nested lists of numbers, or one number. */
export function decodeTensor (value: unknown, pointer: string, limits: TensorLimits): HostTensor {
  if (isObject(value)) return fromObject(value, pointer, limits)
  return fromNested(value, 'float32', pointer, limits)
}

/** A tensor, or a list of tensor objects. */
export function decodeArgument (value: unknown, pointer: string, limits: TensorLimits): Argument {
  const isStates = Array.isArray(value) && isObject(value[0])
  return isStates ? value.map((state, i) => decodeTensor(state, `${pointer}/${i}`, limits)) : decodeTensor(value, pointer, limits)
}

function fromObject (value: object, pointer: string, limits: TensorLimits): HostTensor {
  const unknown = Object.keys(value).find(key => !MEMBERS.includes(key))
  if (unknown !== undefined) throw invalid(pointer, `it has an unknown member '${unknown}'; known: ${MEMBERS.join(', ')}`)
  const { shape, dtype = 'float32', data } = value as { shape?: unknown, dtype?: unknown, data?: unknown }
  if (!isDType(dtype)) throw invalid(`${pointer}/dtype`, `there is no dtype ${show(dtype)}; known: ${DTYPE_NAMES.join(', ')}`)
  if (data === undefined) throw invalid(pointer, 'it has no member data')
  if (shape === undefined) return fromNested(data, dtype, `${pointer}/data`, limits)
  const checked = checkShape(shape, `${pointer}/shape`, limits)
  return hostTensor(dtype, checked, decodeShaped(checked, ELEMENTS[dtype], data, `${pointer}/data`, limits))
}

function fromNested (value: unknown, dtype: DType, pointer: string, limits: TensorLimits): HostTensor {
  const { shape, elements } = decodeNested(value, ELEMENTS[dtype], pointer, limits)
  return hostTensor(dtype, shape, elements)
}
