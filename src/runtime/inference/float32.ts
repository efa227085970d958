/** The elements of an input as float32, in which models compute: exactly, or not at all. */
import { problem } from '../../errors.ts'
import { float16ToNumber } from '../../float16.ts'
import { DATATYPES, type Datatype } from '../../operations/datatypes.ts'
import type { InferenceInput } from '../../operations/schemas/inference.ts'
import { formatShape, sizeOf } from '../../tensor.ts'

type Elements = ArrayLike<number> | ArrayLike<bigint>
type View = (bytes: Uint8Array<ArrayBuffer>) => Elements

const view = <T>(Values: new (buffer: ArrayBuffer, offset: number, length: number) => T, width: number) =>
  (bytes: Uint8Array<ArrayBuffer>): T => new Values(bytes.buffer, bytes.byteOffset, bytes.byteLength / width)

const patterns = view(Uint16Array, 2)

const VIEWS: Readonly<Record<Exclude<Datatype, 'FP32' | 'BYTES'>, View>> = {
  BOOL: bytes => Uint8Array.from(bytes, value => Number(value !== 0)),
  UINT8: bytes => bytes,
  UINT16: patterns,
  UINT32: view(Uint32Array, 4),
  UINT64: view(BigUint64Array, 8),
  INT8: view(Int8Array, 1),
  INT16: view(Int16Array, 2),
  INT32: view(Int32Array, 4),
  INT64: view(BigInt64Array, 8),
  FP16: bytes => Float32Array.from(patterns(bytes), float16ToNumber),
  BF16: bytes => new Float32Array(Uint32Array.from(patterns(bytes), pattern => pattern << 16).buffer),
  FP64: view(Float64Array, 8)
}

const viewFloat32 = view(Float32Array<ArrayBuffer>, 4)

/** Throws `invalid_tensor` when the bytes do not fill the shape, `inexact_input` for a value that float32 does not have. */
export function float32Of (input: InferenceInput): Float32Array<ArrayBuffer> {
  const bytes = gather(input)
  const { name, datatype } = input
  if (datatype === 'FP32') return viewFloat32(bytes)
  if (datatype === 'BYTES') throw unreadable(input, 'text cannot be an input of a network')
  const elements = VIEWS[datatype](bytes)
  const values = Float32Array.from(elements as ArrayLike<number>, Number)
  const position = values.findIndex((value, i) => !isSame(value, elements[i] as number | bigint))
  if (position === -1) return values
  throw problem('inexact_input', { input: name, datatype, value: String(elements[position]), position })
}

const isSame = (value: number, element: number | bigint): boolean =>
  typeof element === 'bigint' ? BigInt(value) === element : Object.is(value, element) || value === element

/** The bytes in one piece that starts where any element may: as they came, or copied together. */
function gather (input: InferenceInput): Uint8Array<ArrayBuffer> {
  const { parts, datatype, shape } = input
  const bytes = parts.reduce((total, part) => total + part.byteLength, 0)
  const needed = sizeOf(shape) * DATATYPES[datatype]
  if (bytes !== needed) throw unreadable(input, `shape ${formatShape(shape)} of ${datatype} takes ${needed} bytes, received ${bytes}`)
  const [only] = parts
  if (parts.length === 1 && only !== undefined && only.byteOffset % 8 === 0) return only
  const whole = new Uint8Array(bytes)
  copyInto(whole, 0, parts)
  return whole
}

/** Copies parts one behind the other; returns where they end. */
export function copyInto (target: Uint8Array, start: number, parts: readonly Uint8Array[]): number {
  let at = start
  for (const part of parts) {
    target.set(part, at)
    at += part.byteLength
  }
  return at
}

const unreadable = ({ name }: InferenceInput, detail: string): Error => problem('invalid_tensor', { where: `the input '${name}'`, detail })
