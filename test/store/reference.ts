/** The store as plain maps, and the operations that both the store and the maps can do: an oracle. */
import type { Reader, Transaction } from '../../src/store/store.ts'
import { arrayManifest, checkpointManifest, filled, modelRecord, NOW } from './samples.ts'

export interface Reference {
  readonly models: Map<number, ReferenceModel>
  readonly architectures: Map<string, number>
  readonly arrays: Map<string, number>
}

interface ReferenceModel {
  readonly name: string
  revision: number
  made: number
  stream: number | null
  readonly values: Map<string, { length: number, fill: number }>
  readonly checkpoints: Map<number, number>
}

export type Operation =
  | { readonly do: 'model', readonly name: string }
  | { readonly do: 'drop model', readonly name: string }
  | { readonly do: 'value', readonly name: string, readonly parameter: string, readonly length: number, readonly fill: number }
  | { readonly do: 'drop value', readonly name: string, readonly parameter: string }
  | { readonly do: 'stream', readonly name: string, readonly fill: number }
  | { readonly do: 'checkpoint', readonly name: string, readonly fill: number }
  | { readonly do: 'drop checkpoint', readonly name: string, readonly id: number }
  | { readonly do: 'architecture', readonly name: string, readonly fill: number }
  | { readonly do: 'drop architecture', readonly name: string }
  | { readonly do: 'arrays', readonly name: string, readonly length: number, readonly fill: number }
  | { readonly do: 'drop arrays', readonly name: string }

export const emptyReference = (): Reference => ({ models: new Map(), architectures: new Map(), arrays: new Map() })

function idOf (reference: Reference, name: string): number {
  return [...reference.models].find(([, model]) => model.name === name)?.[0] ?? 0
}

/** Does an operation to both. One that needs a model which is not there is left out. */
export function perform (tx: Transaction, reference: Reference, operation: Operation): void {
  const id = idOf(reference, operation.name)
  const model = reference.models.get(id)
  if (operation.do === 'model') return performModel(tx, reference, operation.name, id)
  if (performNamed(tx, reference, operation) || model === undefined) return
  switch (operation.do) {
    case 'drop model':
      tx.removeModel(id)
      reference.models.delete(id)
      break
    case 'value':
      tx.putValue(id, operation.parameter, filled(operation.length, operation.fill))
      model.values.set(operation.parameter, operation)
      break
    case 'drop value':
      tx.removeValue(id, operation.parameter)
      model.values.delete(operation.parameter)
      break
    case 'stream':
      tx.putStream(id, Uint8Array.of(operation.fill))
      model.stream = operation.fill
      break
    case 'checkpoint':
      tx.putCheckpoint(id, checkpointManifest(String(operation.fill)), Uint8Array.of(operation.fill))
      model.checkpoints.set(++model.made, operation.fill)
      break
    case 'drop checkpoint':
      tx.removeCheckpoint(id, operation.id)
      model.checkpoints.delete(operation.id)
      break
    default: // done by performNamed
  }
}

function performModel (tx: Transaction, reference: Reference, name: string, old: number): void {
  const id = old === 0 ? tx.nextModelId() : old
  const model = reference.models.get(id) ?? { name, revision: 0, made: 0, stream: null, values: new Map(), checkpoints: new Map() }
  model.revision++
  tx.putModel(modelRecord(id, name, { revision: model.revision }))
  reference.models.set(id, model)
}

function performNamed (tx: Transaction, reference: Reference, operation: Operation): boolean {
  const { name } = operation
  switch (operation.do) {
    case 'architecture':
      tx.putArchitecture({ name, spec: { fill: operation.fill }, created_at: NOW, updated_at: NOW })
      reference.architectures.set(name, operation.fill)
      return true
    case 'drop architecture':
      tx.removeArchitecture(name)
      reference.architectures.delete(name)
      return true
    case 'arrays':
      tx.putArrays(name, arrayManifest(), new Uint8Array(operation.length).fill(operation.fill))
      reference.arrays.set(name, operation.length * 1000 + operation.fill)
      return true
    case 'drop arrays':
      tx.removeArrays(name)
      reference.arrays.delete(name)
      return true
    default:
      return false
  }
}

/** What the maps hold, in the order of the lists. */
export function expected (reference: Reference) {
  const byName = <T>(map: Map<string, T>) => [...map].toSorted(([a], [b]) => a < b ? -1 : 1)
  const models = [...reference.models].toSorted(([, a], [, b]) => a.name < b.name ? -1 : 1)
  return {
    models: models.map(([id, { name, revision, made, stream, values, checkpoints }]) => ({
      id,
      name,
      revision,
      made,
      stream,
      values: byName(values).map(([key, { length, fill }]) => [key, length, fill]),
      checkpoints: [...checkpoints]
    })),
    architectures: byName(reference.architectures),
    arrays: byName(reference.arrays)
  }
}

/** What a store holds, in the same form; values are those of `parameters`. */
export function actual (reader: Reader, parameters: readonly string[]): ReturnType<typeof expected> {
  const models = all(reader.models.bind(reader)).map(({ id, name, revision, checkpoints_made }) => ({
    id,
    name,
    revision,
    made: checkpoints_made,
    stream: reader.stream(id)?.[0] ?? null,
    values: parameters.toSorted().flatMap(parameter => {
      const value = reader.value(id, parameter)
      return value === undefined ? [] : [[parameter, value.data.length, Number(value.data.at(-1))]]
    }),
    checkpoints: reader.checkpoints(id, { limit: 100 }).items.map(({ id: checkpoint }): [number, number] => {
      return [checkpoint, reader.checkpointContent(id, checkpoint)?.content[0] ?? -1]
    })
  }))
  return {
    models,
    architectures: all(reader.architectures.bind(reader)).map(({ name, spec }) => [name, Number(spec['fill'])]),
    arrays: all(reader.arrays.bind(reader)).map(({ name, bytes }) => {
      return [name, bytes * 1000 + (reader.arrayContent(name)?.content.at(-1) ?? -1)]
    })
  }
}

function all<T> (list: (page: { limit: number, after?: string }) => { items: readonly T[], next: string | null }): T[] {
  const items: T[] = []
  for (let page = list({ limit: 2 }); ; page = list({ limit: 2, after: page.next })) {
    items.push(...page.items)
    if (page.next === null) return items
  }
}

/** How many blobs there must be. */
export function blobsIn (reference: Reference, largestInline: number): number {
  const models = [...reference.models.values()]
  const large = models.flatMap(model => [...model.values.values()]).filter(({ length }) => length * 4 > largestInline)
  const arrays = [...reference.arrays.values()].filter(coded => coded >= largestInline * 1000 + 1000)
  return large.length + arrays.length + models.reduce((sum, model) => sum + model.checkpoints.size, 0)
}
