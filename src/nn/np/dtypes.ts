/** Arrays that stand for another dtype than the float32 they are computed in. */
import type { NDArray } from './array.ts'
import type { DType } from '../../tensor.ts'

const declared = new WeakMap<NDArray, DType>()
let isUsed = false

/** Whether any array ever stood for another dtype: in most processes none does, and nothing has to be looked up. */
export const dtypesAreDeclared = (): boolean => isUsed

/** The floating dtypes the device does not have: it computes them in float32. */
const isFloat = (dtype: DType): boolean => dtype === 'float64' || dtype === 'float16'

/** The dtype of an array's values in host memory. */
export function dtypeOf (array: NDArray): DType {
  return declared.get(array) ?? (array.dtype as DType)
}

/** Makes a float32 array stand for values of `dtype`; others keep their own. */
export function declareDtype (array: NDArray, dtype: DType): NDArray {
  if (array.dtype !== 'float32' || !isFloat(dtype)) return array
  isUsed = true
  declared.set(array, dtype)
  return array
}

/** What is computed from an array of float64 or float16 is one too. */
export function inheritDtype (result: NDArray, from: ReadonlyArray<NDArray | number>): NDArray {
  for (const source of from) {
    const dtype = typeof source === 'number' ? undefined : declared.get(source)
    if (dtype !== undefined) return declareDtype(result, dtype)
  }
  return result
}
