/** Arrays and parameters in files of the local disk: `npx.save`, `npx.load`, `save_parameters`, `load_parameters`. */
import { readFile, writeFile } from 'node:fs/promises'
import { BlockserveError, problem } from './errors.ts'
import { dictFile, namedTensors, parameterValues, readArrayFile, writeMxnet, type ArrayFile } from './formats/index.ts'
import { loadValues, session, structuralValues, type ArrayLike, type Block, type LoadReport, type LoadSwitches, type SaveOptions } from './nn/index.ts'
import { hostOf, isNDArray } from './nn/np/index.ts'
import { isHostTensor, type HostTensor } from './tensor.ts'

/** What `save` takes: one array, a list of arrays, or arrays by name. */
export type Saveable = ArrayLike | readonly ArrayLike[] | Readonly<Record<string, ArrayLike>> | ReadonlyMap<string, ArrayLike>

/** What `load` gives: a list, or a Map where the file has names. */
export type Loaded = readonly HostTensor[] | ReadonlyMap<string, HostTensor>

/** Writes arrays as `npx.save` does, byte for byte. A single array is a list of one. */
export async function save (path: string, data: Saveable): Promise<void> {
  await writeFile(path, writeMxnet(toFile(data)))
}

/** Reads an array file of any MXNet version. Throws `file_not_found`, `invalid_file`. */
export async function load (path: string): Promise<Loaded> {
  const file = readArrayFile(await readBytes(path))
  return file.kind === 'list' ? file.tensors : namedTensors(file)
}

/** Writes the values of a block by structural name, the file `save_parameters` of Gluon writes. Throws `not_initialized`, `deferred`. */
export async function save_parameters (block: Block, path: string, options: SaveOptions = {}): Promise<void> {
  await writeFile(path, writeMxnet(dictFile(structuralValues(block, options))))
}

/**
 * Loads the values of a block from a file and initializes what was not. Strict unless a switch says otherwise;
 * nothing changes unless all of it fits. Throws `parameters_unreadable`, `load_mismatch`, `load_extra`.
 */
export async function load_parameters (block: Block, path: string, switches: LoadSwitches = {}): Promise<LoadReport> {
  const current = session()
  const values = await readValues(path)
  return current.run(() => loadValues(block, values, switches))
}

function toFile (data: Saveable): ArrayFile {
  if (isArrayLike(data)) return { kind: 'list', tensors: [hostOf(data)] }
  if (Array.isArray(data)) return { kind: 'list', tensors: (data as readonly ArrayLike[]).map(hostOf) }
  const entries = data instanceof Map ? [...data] : Object.entries(data as Readonly<Record<string, ArrayLike>>)
  return dictFile(entries.map(([name, value]) => [name, hostOf(value)] as const))
}

async function readValues (path: string): Promise<Map<string, HostTensor>> {
  try {
    return parameterValues(readArrayFile(await readBytes(path)))
  } catch (cause) {
    if (!(cause instanceof BlockserveError)) throw cause
    throw problem('parameters_unreadable', { detail: cause.message }, { cause })
  }
}

/** Nested numbers are one array; a list that holds anything else is a list of arrays. */
function isArrayLike (data: Saveable): data is ArrayLike {
  if (typeof data === 'number' || isNDArray(data) || isHostTensor(data)) return true
  return Array.isArray(data) && data.length > 0 && data.every(item => typeof item === 'number' || (Array.isArray(item) && isArrayLike(item as Saveable)))
}

async function readBytes (path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw problem('file_not_found', { path, detail: cause instanceof Error ? cause.message : String(cause) }, { cause })
  }
}
