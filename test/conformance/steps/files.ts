import { readFile, writeFile } from 'node:fs/promises'
import { load, load_parameters, save, save_parameters } from '../../../src/files.ts'
import { dictFile, writeMxnet, type ArrayFile } from '../../../src/formats/index.ts'
import { structuralValues, type ArrayLike, type LoadSwitches, type SaveOptions } from '../../../src/nn/index.ts'
import { hostOf } from '../../../src/nn/np/index.ts'
import type { HostTensor } from '../../../src/tensor.ts'
import type { Context } from '../context.ts'
import type { Received } from '../received.ts'
import { digest } from '../tensors.ts'
import { NOTHING, type StepTable } from './step.ts'

type Names = string | readonly string[] | Readonly<Record<string, string>>

async function saveStep (context: Context, { file, data }: { file: string, data: Names }): Promise<Received> {
  const path = context.path(file)
  if (context.mode === 'nd') await writeFile(path, writeMxnet(toFile(context, data), { version: 'V2' }))
  else await save(path, toSaveable(context, data))
  return written(path, context)
}

async function loadStep (context: Context, { file }: { file: string }): Promise<Received> {
  const loaded = await load(context.path(file))
  const measured = (tensor: HostTensor) => context.measured(tensor, context.moved !== 'nothing' ? context.computed : 'exact')
  if (!(loaded instanceof Map)) return { list: (loaded as readonly HostTensor[]).map(measured) }
  return { dict: new Map([...loaded as ReadonlyMap<string, HostTensor>].map(([name, tensor]) => [name, measured(tensor)])) }
}

async function saveParameters (context: Context, step: { block: string, file: string, args?: SaveOptions }): Promise<Received> {
  const [path, block] = [context.path(step.file), context.block(step.block)]
  if (context.mode === 'nd') await writeFile(path, writeMxnet(dictFile(structuralValues(block, step.args)), { version: 'V2' }))
  else await save_parameters(block, path, step.args)
  return written(path, context)
}

async function loadParameters (context: Context, step: { block: string, file: string, args?: LoadSwitches }): Promise<Received> {
  await load_parameters(context.block(step.block), context.path(step.file), step.args)
  return NOTHING
}

async function writeBytes (context: Context, { file, hex }: { file: string, hex: string }): Promise<Received> {
  await writeFile(context.path(file), Buffer.from(hex, 'hex'))
  return NOTHING
}

async function written (path: string, context: Context): Promise<Received> {
  const bytes = await readFile(path)
  return { file: { bytes: bytes.length, sha256: digest(bytes), closeness: context.moved !== 'nothing' ? context.computed : 'exact' } }
}

function toSaveable (context: Context, data: Names): ArrayLike | ArrayLike[] | Map<string, ArrayLike> {
  const value = (name: string): ArrayLike => context.at(name) as ArrayLike
  if (typeof data === 'string') return value(data)
  if (Array.isArray(data)) return data.map(value)
  return new Map(Object.entries(data).map(([key, name]) => [key, value(name as string)]))
}

function toFile (context: Context, data: Names): ArrayFile {
  const given = toSaveable(context, data)
  if (given instanceof Map) return dictFile([...given].map(([name, value]) => [name, hostOf(value)] as const))
  return { kind: 'list', tensors: (typeof data === 'string' ? [given as ArrayLike] : given as ArrayLike[]).map(hostOf) }
}

export const FILES: StepTable = {
  save: saveStep, load: loadStep, save_parameters: saveParameters, load_parameters: loadParameters, write_bytes: writeBytes
}
