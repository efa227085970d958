import { problem, knownNames } from '../../errors.ts'
import { dictFile, readArrayFile, writeMxnet, type ArrayFile } from '../../formats/index.ts'
import { deleteArrays, putArrays, readArrays, type Input, type Output } from '../../operations/index.ts'
import { arraysView } from '../../operations/record-views.ts'
import type { Loaded, ArrayRecord } from '../../store/store.ts'
import type { HostTensor } from '../../tensor.ts'
import type { Runtime } from '../runtime.ts'
import { handler } from './define.ts'

interface Content { readonly kind: ArrayRecord['kind'], readonly file: ArrayFile }

export const put = handler(putArrays, call => {
  const { runtime, input } = call
  const { kind, file } = contentOf(input)
  const now = new Date().toISOString()
  const created_at = runtime.store.array(input.name)?.created_at ?? now
  const entries = file.tensors.map(({ shape, dtype }, i) => ({ name: file.kind === 'dict' ? file.names[i] ?? '' : null, shape, dtype }))
  return call.commit(tx => arraysView(tx.putArrays(input.name, { kind, entries, created_at, updated_at: now }, writeMxnet(file))))
})

export const read = handler(readArrays, ({ runtime, input }) => {
  const { record, content } = required(runtime, input.name)
  return asJson(record.kind, readArrayFile(content))
})

export const remove = handler(deleteArrays, call => {
  required(call.runtime, call.input.name)
  return call.commit(tx => { tx.removeArrays(call.input.name); return null })
})

function contentOf ({ array, list, arrays, file }: Input<typeof putArrays>): Content {
  if (array !== undefined) return { kind: 'array', file: { kind: 'list', tensors: [array] } }
  if (list !== undefined) return { kind: 'list', file: { kind: 'list', tensors: list } }
  if (arrays !== undefined) return { kind: 'dict', file: dictFile(Object.entries(arrays)) }
  const uploaded = readArrayFile(file ?? new Uint8Array())
  return { kind: uploaded.kind, file: uploaded }
}

function asJson (kind: ArrayRecord['kind'], file: ArrayFile): Output<typeof readArrays> {
  if (kind === 'array') return { array: file.tensors[0] as HostTensor }
  if (file.kind === 'list') return kind === 'dict' ? { arrays: {} } : { list: [...file.tensors] }
  return { arrays: Object.fromEntries(file.tensors.map((tensor, i) => [file.names[i] ?? '', tensor])) }
}

function required ({ store }: Runtime, name: string): Loaded<ArrayRecord, Uint8Array<ArrayBuffer>> {
  const found = store.arrayContent(name)
  if (found !== undefined) return found
  throw problem('array_not_found', { array: name, known: knownNames('arrays', store.arrays({ limit: 8 }).items.map(item => item.name)) })
}
