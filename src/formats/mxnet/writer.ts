import { problem } from '../../errors.ts'
import { bytesOf, DTYPES, formatShape, MAX_RANK, sizeOf, type HostTensor } from '../../tensor.ts'
import type { ArrayFile } from '../array-file.ts'
import { CONTEXT_BYTES, HEADER_BYTES, LIST_MAGIC, MAX_ARRAYS, RECORD_MAGIC, STORAGE, type RecordVersion } from './layout.ts'
import { Output } from './output.ts'

export interface WriteOptions {
  /** V3 unless told: what MXNet writes for NumPy arrays, and the only version that can hold a scalar. V2 is for classic arrays. */
  readonly version?: RecordVersion
}

const CPU = 1

/**
 * The bytes of an MXNet array file, the same MXNet itself writes. One allocation, one copy of each tensor.
 * A dict without entries is a list without entries: the format cannot tell them apart.
 * Throws unwritable_file for what the format or the version cannot hold.
 */
export function writeMxnet (file: ArrayFile, options: WriteOptions = {}): Uint8Array<ArrayBuffer> {
  const version = options.version ?? 'V3'
  checkFile(file)
  for (const tensor of file.tensors) checkTensor(tensor, version)
  const names = file.kind === 'dict' ? file.names.map(encodeName) : []
  const output = new Output(fileBytes(file.tensors, names, version))
  writeHeader(output, file.tensors.length)
  for (const tensor of file.tensors) writeRecord(output, tensor, version)
  writeNames(output, names)
  return output.bytes
}

const unwritable = (detail: string): Error => problem('unwritable_file', { detail })

function checkFile (file: ArrayFile): void {
  const count = file.tensors.length
  if (count > MAX_ARRAYS) throw unwritable(`there are ${count} arrays, expected at most ${MAX_ARRAYS}`)
  if (file.kind === 'dict' && file.names.length !== count) throw unwritable(`there are ${file.names.length} names for ${count} arrays`)
}

function checkTensor ({ shape, data }: HostTensor, version: RecordVersion): void {
  const rank = shape.length
  if (rank > MAX_RANK) throw unwritable(`an array has rank ${rank}, expected at most ${MAX_RANK}`)
  if (rank === 0 && version !== 'V3') throw unwritable(`a scalar cannot be held by a record of version ${version}, expected version V3`)
  const largest = version === 'V0' ? 2 ** 32 - 1 : Number.MAX_SAFE_INTEGER
  if (!shape.every(dim => Number.isInteger(dim) && dim >= 0 && dim <= largest)) {
    throw unwritable(`an array has shape ${formatShape(shape)}, expected dimensions from 0 to ${largest}`)
  }
  if (data.length !== sizeOf(shape)) throw unwritable(`an array of shape ${formatShape(shape)} has ${data.length} values, expected ${sizeOf(shape)}`)
}

function encodeName (name: string): Uint8Array {
  // An encoder would put a replacement character in the place of half a surrogate pair, and two names could become one.
  if (/\p{Surrogate}/u.test(name)) throw unwritable(`the name ${JSON.stringify(name)} is not valid Unicode`)
  return new TextEncoder().encode(name)
}

function fileBytes (tensors: readonly HostTensor[], names: readonly Uint8Array[], version: RecordVersion): number {
  const records = tensors.reduce((sum, tensor) => sum + recordHeadBytes(tensor.shape.length, version) + tensor.data.byteLength, 0)
  return HEADER_BYTES + records + 8 + names.reduce((sum, name) => sum + 8 + name.byteLength, 0)
}

function recordHeadBytes (rank: number, version: RecordVersion): number {
  const end = CONTEXT_BYTES + 4
  if (version === 'V0') return 4 + 4 * rank + end
  return (version === 'V1' ? 8 : 12) + 8 * rank + end
}

function writeHeader (output: Output, count: number): void {
  output.u64(LIST_MAGIC)
  output.u64(0)
  output.u64(count)
}

function writeRecord (output: Output, tensor: HostTensor, version: RecordVersion): void {
  if (version !== 'V0') output.u32(RECORD_MAGIC[version])
  if (version === 'V2' || version === 'V3') output.u32(STORAGE.dense)
  output.u32(tensor.shape.length)
  for (const dim of tensor.shape) version === 'V0' ? output.u32(dim) : output.u64(dim)
  output.u32(CPU)
  output.u32(0)
  output.u32(DTYPES[tensor.dtype].flag)
  output.put(bytesOf(tensor))
}

function writeNames (output: Output, names: readonly Uint8Array[]): void {
  output.u64(names.length)
  for (const name of names) {
    output.u64(name.byteLength)
    output.put(name)
  }
}
