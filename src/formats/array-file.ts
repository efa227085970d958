import { problem } from '../errors.ts'
import type { HostTensor } from '../tensor.ts'

/** Arrays in file order, without names. A single array is a list of one. */
export interface ListFile {
  readonly kind: 'list'
  readonly tensors: readonly HostTensor[]
}

/** Named arrays in file order; `names[i]` is the name of `tensors[i]`. A name may occur twice. */
export interface DictFile {
  readonly kind: 'dict'
  readonly names: readonly string[]
  readonly tensors: readonly HostTensor[]
}

/** What a file of arrays holds, whatever its format. */
export type ArrayFile = ListFile | DictFile

/** The file that holds these named tensors, in the order of the entries. */
export function dictFile (entries: Iterable<readonly [string, HostTensor]>): DictFile {
  const all = [...entries]
  return { kind: 'dict', names: all.map(([name]) => name), tensors: all.map(([, tensor]) => tensor) }
}

/** The tensors of a file by name. Of a name that occurs twice the last tensor is kept, as MXNet does. */
export function namedTensors (file: DictFile): Map<string, HostTensor> {
  return new Map(file.tensors.map((tensor, i) => [file.names[i] ?? '', tensor]))
}

/** The same file with the `arg:` and `aux:` of exported models taken off its names. A list is returned as it is. */
export function stripPrefixes (file: ArrayFile): ArrayFile {
  if (file.kind === 'list') return file
  return { ...file, names: file.names.map(name => name.replace(/^(?:arg|aux):/, '')) }
}

/** The named tensors of a file; an empty list is a file without parameters. Throws `invalid_file` for a list. */
export function parameterValues (file: ArrayFile): Map<string, HostTensor> {
  if (file.kind === 'dict') return namedTensors(file)
  if (file.tensors.length === 0) return new Map()
  throw problem('invalid_file', { detail: `it holds ${file.tensors.length} array(s) without names, and parameters are found by name` })
}
