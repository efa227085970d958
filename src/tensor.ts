/** Vocabulary of tensors: dtypes, shapes, and values in host memory. A leaf: it imports nothing of ours. */

/** One row per dtype: its MXNet type flag, its Open Inference Protocol name, its NumPy descr, and the array that holds it. */
export const DTYPES = {
  float32: { flag: 0, oip: 'FP32', descr: '<f4', bytes: 4, array: Float32Array },
  float64: { flag: 1, oip: 'FP64', descr: '<f8', bytes: 8, array: Float64Array },
  /** Held as the raw 16 bits of IEEE 754 binary16. */
  float16: { flag: 2, oip: 'FP16', descr: '<f2', bytes: 2, array: Uint16Array },
  uint8: { flag: 3, oip: 'UINT8', descr: '|u1', bytes: 1, array: Uint8Array },
  int32: { flag: 4, oip: 'INT32', descr: '<i4', bytes: 4, array: Int32Array },
  int8: { flag: 5, oip: 'INT8', descr: '|i1', bytes: 1, array: Int8Array },
  int64: { flag: 6, oip: 'INT64', descr: '<i8', bytes: 8, array: BigInt64Array },
  /** One byte each, 0 or 1. */
  bool: { flag: 7, oip: 'BOOL', descr: '|b1', bytes: 1, array: Uint8Array }
} as const

export type DType = keyof typeof DTYPES
export const DTYPE_NAMES = Object.keys(DTYPES) as DType[]

/** Dimensions, outermost first. −1 is a dimension that is not known yet; `[]` is a scalar. */
export type Shape = readonly number[]

export type TypedArray =
  | Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>
  | Int32Array<ArrayBuffer> | Int8Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>

/** A tensor in host memory, C order. `data.length` is the product of `shape`. Treat `data` as immutable once it is shared. */
export interface HostTensor {
  readonly dtype: DType
  readonly shape: Shape
  readonly data: TypedArray
}

/** A tensor with the name it has in a file or a request. */
export type NamedTensors = ReadonlyMap<string, HostTensor>

/** The largest rank a tensor may have anywhere in the product. */
export const MAX_RANK = 6

export const isDType = (name: unknown): name is DType => typeof name === 'string' && Object.hasOwn(DTYPES, name)

/** The number of elements; 1 for a scalar. Shapes must be known. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, dim) => product * dim, 1)

export const byteLength = (dtype: DType, shape: Shape): number => sizeOf(shape) * DTYPES[dtype].bytes

export const isKnown = (shape: Shape): boolean => shape.every(dim => dim >= 0)

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((dim, i) => dim === b[i])

/** A shape as Python prints a tuple: `(2, 20)`, `(8,)`, `()`. */
export const formatShape = (shape: Shape): string => shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`

export function hostTensor (dtype: DType, shape: Shape, data: TypedArray): HostTensor {
  return { dtype, shape, data }
}

export function zeros (dtype: DType, shape: Shape): HostTensor {
  const { array: Values } = DTYPES[dtype]
  return { dtype, shape, data: new Values(sizeOf(shape)) }
}

/** The bytes of a tensor, little-endian, C order; shares memory with `tensor.data`. */
export function bytesOf (tensor: HostTensor): Uint8Array<ArrayBuffer> {
  return new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength)
}

/** A tensor from little-endian bytes. Copies when `bytes` is not aligned for the dtype, shares memory otherwise. */
export function tensorFromBytes (dtype: DType, shape: Shape, bytes: Uint8Array<ArrayBuffer>): HostTensor {
  const { array: Values, bytes: width } = DTYPES[dtype]
  // `slice` of a Buffer shares its memory; a new Uint8Array never does.
  const aligned = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes)
  return { dtype, shape, data: new Values(aligned.buffer, aligned.byteOffset, aligned.byteLength / width) }
}

export function isHostTensor (value: unknown): value is HostTensor {
  if (typeof value !== 'object' || value === null) return false
  const candidate = value as Partial<HostTensor>
  return ArrayBuffer.isView(candidate.data) && Array.isArray(candidate.shape) && isDType(candidate.dtype)
}
