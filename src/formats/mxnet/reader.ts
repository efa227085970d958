import { TextDecoder } from 'node:util'
import type { HostTensor } from '../../tensor.ts'
import type { ArrayFile } from '../array-file.ts'
import { Cursor } from './cursor.ts'
import { LIST_MAGIC, MAX_ARRAYS, SHORTEST_RECORD_BYTES } from './layout.ts'
import { readRecord } from './record.ts'
import { DenseBudget } from './sparse.ts'

export interface ReadOptions {
  /** How many bytes the sparse arrays of the file may take together once they are dense. Unless told 16 MiB, or 4 times the file. */
  readonly maxDenseBytes?: number
}

/**
 * The arrays of an MXNet array file (`nd.save`, `npx.save`, `save_parameters`, `export`), records of any version, mixed or not.
 * Tensors share the memory of `bytes` where their values are aligned, and are copied where not; sparse arrays become dense.
 * Bytes after the end are ignored, as MXNet does. Throws invalid_file, with the byte and what was expected there.
 */
export function readMxnet (bytes: Uint8Array, options: ReadOptions = {}): ArrayFile {
  const cursor = new Cursor(bytes)
  const count = readHeader(cursor)
  const tensors = readTensors(cursor, count, new DenseBudget(options.maxDenseBytes ?? Math.max(16 * 2 ** 20, 4 * bytes.byteLength)))
  const names = readNames(cursor, count)
  return names.length === 0 ? { kind: 'list', tensors } : { kind: 'dict', names, tensors }
}

function readHeader (cursor: Cursor): number {
  const magic = cursor.u64('the list magic')
  if (magic !== LIST_MAGIC) throw cursor.broken(`the file starts with 0x${magic.toString(16)}, expected 0x${LIST_MAGIC.toString(16)}`)
  cursor.u64('the reserved word')
  const count = cursor.u64('the number of arrays')
  const most = Math.min(MAX_ARRAYS, Math.floor(cursor.remaining / SHORTEST_RECORD_BYTES))
  if (count > most) throw cursor.broken(`the file claims ${count} arrays, at most ${most} are possible in what is left`)
  return count
}

function readTensors (cursor: Cursor, count: number, budget: DenseBudget): HostTensor[] {
  const tensors: HostTensor[] = []
  while (tensors.length < count) {
    cursor.enter(`array ${tensors.length} of ${count}`)
    tensors.push(readRecord(cursor, budget))
  }
  return tensors
}

function readNames (cursor: Cursor, arrays: number): string[] {
  cursor.enter('the names')
  const count = cursor.u64('the number of names')
  if (count !== 0 && count !== arrays) throw cursor.broken(`there are ${count} names, expected 0 or ${arrays}`)
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const names: string[] = []
  while (names.length < count) {
    cursor.enter(`name ${names.length} of ${count}`)
    names.push(readName(cursor, decoder))
  }
  return names
}

function readName (cursor: Cursor, decoder: TextDecoder): string {
  const bytes = cursor.take(cursor.u64('the length of a name'), 'a name')
  try {
    return decoder.decode(bytes)
  } catch {
    throw cursor.broken('the name is not valid UTF-8')
  }
}
