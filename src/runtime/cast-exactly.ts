import { problem } from '../errors.ts'
import { castTensor } from '../nn/cast.ts'
import type { DType, HostTensor } from '../tensor.ts'

/**
 * The tensor in the dtype of a parameter, when that keeps its meaning: among floating types values are rounded to the
 * nearest; integers and booleans must be representable exactly, on either side. Throws `dtype_conflict`.
 */
export function castExactly (tensor: HostTensor, dtype: DType, parameter: string): HostTensor {
  const cast = castTensor(tensor, dtype)
  if (cast === tensor) return cast
  if (isFloat(dtype) && isFloat(tensor.dtype) && !overflows(tensor, cast)) return cast
  const back = castTensor(cast, tensor.dtype)
  if (tensor.data.every((value, i) => value === back.data[i])) return cast
  throw problem('dtype_conflict', { parameter, expected: dtype, received: `${tensor.dtype} values that do not fit it` })
}

const isFloat = (dtype: DType): boolean => dtype.startsWith('float')

function overflows (tensor: HostTensor, cast: HostTensor): boolean {
  const [before, after] = [castTensor(tensor, 'float64').data, castTensor(cast, 'float64').data]
  return after.some((value, i) => !Number.isFinite(value) && Number.isFinite(before[i]))
}
