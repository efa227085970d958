/** Elements of tensors in the members of their datatype. */
import type { Datatype } from '../operations/datatypes.ts'
import type { InferenceOutput } from '../operations/schemas/inference.ts'
import { sizeOf } from '../tensor.ts'
import { classTexts } from '../wire/oip/output.ts'
import type { Described } from '../wire/oip/input.ts'
import { wrong } from '../wire/oip/members.ts'
import type { Contents } from './messages.ts'

type Member = keyof Contents
type Values = ArrayBufferView<ArrayBuffer>

interface Kind {
  readonly member: Member
  readonly from: (values: readonly never[]) => Values
  /** Where the member holds more than the datatype. */
  readonly low?: number
  readonly high?: number
}

const numbers = (member: Member, Elements: { from: (values: readonly number[]) => Values }, low?: number, high?: number): Kind =>
  ({ member, from: values => Elements.from(values), ...low !== undefined && { low, high: high as number } })

/** FP16 and BF16 have no member: they go as raw contents. */
const KINDS: Readonly<Partial<Record<Datatype, Kind>>> = {
  BOOL: { member: 'bool_contents', from: (values: readonly boolean[]) => Uint8Array.from(values, Number) },
  INT8: numbers('int_contents', Int8Array, -128, 127),
  INT16: numbers('int_contents', Int16Array, -(2 ** 15), 2 ** 15 - 1),
  INT32: numbers('int_contents', Int32Array),
  INT64: { member: 'int64_contents', from: (values: readonly string[]) => BigInt64Array.from(values, BigInt) },
  UINT8: numbers('uint_contents', Uint8Array, 0, 255),
  UINT16: numbers('uint_contents', Uint16Array, 0, 2 ** 16 - 1),
  UINT32: numbers('uint_contents', Uint32Array),
  UINT64: { member: 'uint64_contents', from: (values: readonly string[]) => BigUint64Array.from(values, BigInt) },
  FP32: numbers('fp32_contents', Float32Array),
  FP64: numbers('fp64_contents', Float64Array)
}

/** The raw elements of an input. Throws `validation_failed` for another member, another number of elements, and values out of range. */
export function elementsOf ({ datatype, shape }: Described, contents: Contents | null, pointer: string): Uint8Array<ArrayBuffer> {
  const kind = KINDS[datatype]
  if (kind === undefined) throw wrong(pointer, `of ${datatype} have no member of their own; send them as raw_input_contents`)
  const values = contents?.[kind.member] ?? []
  refuseOthers(contents, kind.member, datatype, pointer)
  const wanted = sizeOf(shape)
  if (values.length !== wanted) throw wrong(`${pointer}/${kind.member}`, `has ${values.length} elements, but the shape holds ${wanted}`)
  const { low = -Infinity, high = Infinity } = kind
  const bad = kind.low === undefined ? -1 : (values as readonly number[]).findIndex(value => value < low || value > high)
  if (bad !== -1) throw wrong(`${pointer}/${kind.member}/${bad}`, `is ${String(values[bad])}, but ${datatype} holds ${low} to ${high}`)
  const { buffer, byteOffset, byteLength } = kind.from(values as readonly never[])
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function refuseOthers (contents: Contents | null, member: Member, datatype: Datatype, pointer: string): void {
  const other = Object.entries(contents ?? {}).find(([name, values]) => name !== member && Array.isArray(values) && values.length > 0)
  if (other !== undefined) throw wrong(`${pointer}/${other[0]}`, `is there, but elements of ${datatype} belong into ${member}`)
}

/** Whether an output can stand in a member: those of FP16 cannot. */
export const hasMember = (output: InferenceOutput): boolean => 'classes' in output || output.tensor.dtype !== 'float16'

/** An output in the member of its datatype. */
export function contentsOf (output: InferenceOutput): Partial<Record<Member, ArrayLike<unknown>>> {
  if ('classes' in output) return { bytes_contents: classTexts(output.classes).map(text => Buffer.from(text)) }
  const { dtype, data } = output.tensor
  switch (dtype) {
    case 'float64': return { fp64_contents: Array.from(data as Float64Array) }
    case 'int64': return { int64_contents: Array.from(data as BigInt64Array, String) }
    case 'bool': return { bool_contents: Array.from(data as Uint8Array, Boolean) }
    case 'uint8': return { uint_contents: Array.from(data as Uint8Array) }
    case 'int8':
    case 'int32': return { int_contents: Array.from(data as Int32Array) }
    default: return { fp32_contents: Array.from(data as Float32Array) }
  }
}
