/** What TensorFlow's texts say about the device it computes on. */

/**
 * `out_of_memory`: the device had none left for this operation; it is well otherwise. `poisoned`: CUDA answers every later call of this
 * process with the same error. `suspect`: a library on the device failed, which may be the operation's fault, or a sign of the others.
 */
export type DeviceError = 'out_of_memory' | 'poisoned' | 'suspect'

const POISONED = [
  /CUDA_ERROR_(ASSERT|CONTAINED|CONTEXT_IS_DESTROYED|DEINITIALIZED|ECC_UNCORRECTABLE|HARDWARE_STACK_ERROR|ILLEGAL_ADDRESS)\b/,
  /CUDA_ERROR_(ILLEGAL_INSTRUCTION|INVALID_ADDRESS_SPACE|INVALID_PC|LAUNCH_FAILED|LAUNCH_TIMEOUT|MISALIGNED_ADDRESS|NVLINK_UNCORRECTABLE)\b/,
  /\b(illegal memory access|illegal instruction) was encountered/,
  /\bmisaligned address\b/,
  /\bunspecified launch failure\b/,
  /\bdevice-side assert\b/,
  /\buncorrectable (ECC|NVLink) error\b/i
]

const OUT_OF_MEMORY = [
  /\bOOM when allocating tensor\b/,
  /\bCUDA_ERROR_OUT_OF_MEMORY\b/,
  /\bResource exhausted\b/i,
  /\bRESOURCE_EXHAUSTED\b/,
  /\bfailed to allocate\b/i,
  /\bran out of memory trying to allocate\b/,
  // A copy to the device found no room there.
  /\bDst tensor is not initialized\b/,
  // Node's own, for a value that is read from the device.
  /^Array buffer allocation failed$/
]

const SUSPECT = [
  /\bCUBLAS_STATUS_(ALLOC_FAILED|EXECUTION_FAILED|INTERNAL_ERROR|MAPPING_ERROR|NOT_INITIALIZED)\b/,
  /\bCUDNN_STATUS_\w*(ALLOC_FAILED|EXECUTION_FAILED|INTERNAL_ERROR|MAPPING_ERROR|NOT_INITIALIZED)/,
  /\bBlas \w+ launch failed\b/,
  /\bcuDNN launch failure\b/,
  /\bcuDNN failed to initialize\b/,
  /\balready in an error state\b/
]

const KINDS: ReadonlyArray<readonly [DeviceError, readonly RegExp[]]> =
  [['poisoned', POISONED], ['out_of_memory', OUT_OF_MEMORY], ['suspect', SUSPECT]]

/** What the text of an error says about the device; undefined when it is about something else. */
export function deviceErrorIn (text: string): DeviceError | undefined {
  return KINDS.find(([, patterns]) => patterns.some(pattern => pattern.test(text)))?.[0]
}

const SHAPE = /\bshape\s?\[([\d,]*)\] and type (\w+)/
const BYTES = /\b(\d+) ?bytes\b/
const SIZES: Readonly<Record<string, number>> = {
  bool: 1, int8: 1, uint8: 1, half: 2, bfloat16: 2, int16: 2, uint16: 2, float: 4, int32: 4, double: 8, int64: 8, complex64: 8
}

/** The bytes that such a text says were asked for. */
export function bytesAsked (text: string): number | undefined {
  const [, shape = '', type = ''] = SHAPE.exec(text) ?? []
  const size = SIZES[type]
  if (size !== undefined) return shape.split(',').filter(dim => dim !== '').reduce((product, dim) => product * Number(dim), size)
  const bytes = BYTES.exec(text)?.[1]
  return bytes === undefined ? undefined : Number(bytes)
}
