import type { BlockRegistry } from '../nn/registry.ts'
import { listNames } from '../errors.ts'
import type { ModelDescription } from '../operations/views.ts'
import type { ModelRecord, Store } from '../store/store.ts'

const PAGE = 1000

/** At start: a model whose types are gone becomes unavailable, one whose types are back becomes what it was. */
export function checkAvailability (store: Store, registry: BlockRegistry): void {
  let after: string | undefined
  do {
    const { items, next } = store.models({ limit: PAGE, after })
    const changed = items.map(record => reconsidered(record, registry)).filter(record => record !== undefined)
    if (changed.length > 0) store.transact(tx => { for (const record of changed) tx.putModel(record) })
    after = next ?? undefined
  } while (after !== undefined)
}

function reconsidered (record: ModelRecord, registry: BlockRegistry): ModelRecord | undefined {
  const missing = record.types.filter(type => registry.get(type) === undefined)
  const reason = missing.length === 0 ? null : `no module offers ${listNames(missing)} any more`
  if (reason === record.reason) return undefined
  const { state } = record.description as unknown as ModelDescription
  return { ...record, state: reason === null ? state : 'unavailable', reason }
}
