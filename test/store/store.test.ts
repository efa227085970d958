import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { Database } from '../../src/store/database.ts'
import { keyOf } from '../../src/store/keys.ts'
import { openStore, type Store, type Transaction } from '../../src/store/store.ts'
import { DTYPE_NAMES, zeros } from '../../src/tensor.ts'
import { arrayManifest, blobFiles, checkpointManifest, codeOf, filled, LARGE, modelRecord, NOW, temporaryFolder } from './samples.ts'

interface Opened { readonly store: Store, readonly folder: string }

function opened (t: Test): Opened {
  const folder = temporaryFolder(t)
  const store = openStore(folder)
  t.teardown(() => store.close())
  return { store, folder }
}

function addModel (store: Store, name: string): number {
  return store.transact(tx => {
    const id = tx.nextModelId()
    tx.putModel(modelRecord(id, name))
    return id
  })
}

function reopened (store: Store, folder: string): Store {
  store.close()
  return openStore(folder)
}

t.test('the data folder is made for its owner alone', async t => {
  const folder = join(temporaryFolder(t), 'a', 'b')
  openStore(folder).close()
  t.equal(statSync(folder).mode & 0o777, 0o700)
})

t.test('everything of a model is there again after the store was closed and opened', async t => {
  const { store, folder } = opened(t)
  const id = addModel(store, 'mlp')
  store.transact(tx => {
    tx.putModel(modelRecord(id, 'mlp', { revision: 2, state: 'ready', description: { repr: 'π' } }))
    tx.putValue(id, 'dense0_weight', filled(6, 1.5))
    tx.putStream(id, Uint8Array.of(1, 2, 3))
  })
  const again = reopened(store, folder)
  t.teardown(() => again.close())
  t.strictSame(again.model('mlp'), modelRecord(id, 'mlp', { revision: 2, state: 'ready', description: { repr: 'π' } }))
  t.strictSame(again.value(id, 'dense0_weight'), filled(6, 1.5))
  t.strictSame([...again.stream(id) ?? []], [1, 2, 3])
})

t.test('a value comes back with its dtype, shape and bits, for every dtype, empty, scalar and large', async t => {
  const { store } = opened(t)
  const id = addModel(store, 'm')
  for (const dtype of DTYPE_NAMES) {
    for (const shape of [[], [0], [3, 0, 2], [2, 3], [1, LARGE * 4]]) {
      const tensor = zeros(dtype, shape)
      const bytes = new Uint8Array(tensor.data.buffer)
      bytes.forEach((_, i) => { bytes[i] = i * 31 })
      store.transact(tx => tx.putValue(id, 'w', tensor))
      const back = store.value(id, 'w')
      t.strictSame([back?.dtype, back?.shape, back?.data.constructor], [dtype, shape, tensor.data.constructor])
      t.ok(back && Buffer.from(back.data.buffer, back.data.byteOffset, back.data.byteLength).equals(bytes), `${dtype} ${shape}`)
    }
  }
})

t.test('only the part of a buffer that a tensor views is stored', async t => {
  const { store } = opened(t)
  const id = addModel(store, 'm')
  const view = new Float32Array(10).map((_, i) => i).subarray(3, 5)
  store.transact(tx => tx.putValue(id, 'w', { dtype: 'float32', shape: [2], data: view }))
  t.strictSame([...store.value(id, 'w')?.data ?? []], [3, 4])
})

t.test('a tensor that was read does not change when the store does', async t => {
  const { store } = opened(t)
  const id = addModel(store, 'm')
  for (const length of [4, 20_000, LARGE - 1, LARGE]) {
    store.transact(tx => tx.putValue(id, 'w', filled(length, 1)))
    const before = store.value(id, 'w')
    for (let i = 0; i < 5; i++) store.transact(tx => tx.putValue(id, 'w', filled(length, 2)))
    store.value(id, 'w')
    t.ok(before && [...before.data].every(value => value === 1), `${length} elements`)
  }
})

t.test('what a transaction throws undoes all of it, blobs included', async t => {
  const { store, folder } = opened(t)
  const id = addModel(store, 'm')
  store.transact(tx => tx.putValue(id, 'w', filled(LARGE, 1)))
  const files = blobFiles(folder)
  t.throws(() => store.transact(tx => {
    tx.nextModelId()
    tx.putModel(modelRecord(id, 'm', { revision: 2 }))
    tx.putValue(id, 'w', filled(LARGE, 2))
    tx.putValue(id, 'b', filled(2, 2))
    tx.putCheckpoint(id, checkpointManifest(null), Uint8Array.of(1))
    throw new RangeError('no')
  }), RangeError)
  t.strictSame(blobFiles(folder), files)
  t.equal(store.model('m')?.revision, 1)
  t.equal(store.value(id, 'w')?.data[0], 1)
  t.equal(store.value(id, 'b'), undefined)
  t.strictSame(store.checkpoints(id, { limit: 9 }).items, [])
  t.equal(addModel(store, 'other'), id + 1)
})

t.test('a transaction sees what it wrote, and others do not before it ends', async t => {
  const { store } = opened(t)
  store.transact(tx => {
    const id = tx.nextModelId()
    tx.putModel(modelRecord(id, 'm'))
    tx.putValue(id, 'w', filled(LARGE, 3))
    t.equal(tx.model('m')?.id, id)
    t.equal(tx.modelCount(), 1)
    t.equal(tx.value(id, 'w')?.data[0], 3)
    tx.removeModel(id)
    t.equal(tx.value(id, 'w'), undefined)
  })
  t.equal(store.modelCount(), 0)
})

t.test('misuse is an error: a change that waits, a transaction in another, a write after the end', async t => {
  const { store } = opened(t)
  const id = addModel(store, 'm')
  let kept: Transaction | undefined
  t.equal(codeOf(() => store.transact(async tx => { tx.putValue(id, 'w', filled(1, 1)) })), 'internal')
  t.equal(store.value(id, 'w'), undefined)
  t.equal(codeOf(() => store.transact(() => store.transact(() => 1))), 'internal')
  store.transact(tx => { kept = tx })
  t.equal(codeOf(() => kept?.putValue(id, 'w', filled(1, 1))), 'internal')
  t.equal(codeOf(() => store.transact(() => 1)), undefined, 'and the store still works')
})

t.test('a name used again is another model, without the values, stream and checkpoints of the first', async t => {
  const { store, folder } = opened(t)
  const first = addModel(store, 'm')
  store.transact(tx => {
    tx.putValue(first, 'w', filled(LARGE, 1))
    tx.putValue(first, 'b', filled(1, 1))
    tx.putStream(first, Uint8Array.of(1))
    tx.putCheckpoint(first, checkpointManifest(null), Uint8Array.of(1))
  })
  const neighbour = addModel(store, 'n')
  store.transact(tx => tx.putValue(neighbour, 'w', filled(1, 7)))
  store.transact(tx => tx.removeModel(first))
  const second = addModel(store, 'm')
  t.not(second, first)
  for (const id of [first, second]) {
    t.strictSame([store.value(id, 'w'), store.value(id, 'b'), store.stream(id), store.checkpoint(id, 1)], [undefined, undefined, undefined, undefined])
  }
  t.strictSame(blobFiles(folder), [])
  t.equal(store.value(neighbour, 'w')?.data[0], 7)
})

t.test('two models cannot have one name, and a model that takes another name leaves the old one', async t => {
  const { store } = opened(t)
  const a = addModel(store, 'a')
  t.equal(codeOf(() => addModel(store, 'a')), 'model_exists')
  store.transact(tx => tx.putModel(modelRecord(a, 'b')))
  t.strictSame([store.model('a'), store.model('b')?.id], [undefined, a])
})

t.test('values, streams and checkpoints of no model are refused', async t => {
  const { store } = opened(t)
  t.equal(codeOf(() => store.transact(tx => tx.putValue(9, 'w', filled(1, 1)))), 'model_not_found')
  t.equal(codeOf(() => store.transact(tx => tx.putStream(9, Uint8Array.of(1)))), 'model_not_found')
  t.equal(codeOf(() => store.transact(tx => tx.putCheckpoint(9, checkpointManifest(null), Uint8Array.of(1)))), 'model_not_found')
})

t.test('lists go by name, page by page, each model once', async t => {
  const { store } = opened(t)
  const names = ['b', 'a', 'a.b', 'B', 'a-b', 'z9', 'z10']
  for (const name of names) addModel(store, name)
  const found: string[] = []
  for (let after: string | null | undefined; after !== null;) {
    const page = store.models({ limit: 2, after })
    found.push(...page.items.map(model => model.name))
    after = page.next
  }
  t.strictSame(found, names.toSorted())
  t.equal(store.models({ limit: 7 }).next, null, 'a full last page has no next')
  t.strictSame(store.models({ limit: 2, after: 'a.' }).items.map(model => model.name), ['a.b', 'b'], 'after need not exist')
})

t.test('checkpoints are numbered 1, 2, 3 … and a number is never used again', async t => {
  const { store, folder } = opened(t)
  const id = addModel(store, 'm')
  const make = (on: Store): number => on.transact(tx => tx.putCheckpoint(id, checkpointManifest('n'), Uint8Array.of(1, 2)).id)
  t.strictSame([make(store), make(store), make(store)], [1, 2, 3])
  store.transact(tx => {
    tx.removeCheckpoint(id, 3)
    tx.putModel(modelRecord(id, 'm', { checkpoints_made: 0 }))
  })
  const again = reopened(store, folder)
  t.teardown(() => again.close())
  t.equal(make(again), 4)
  t.strictSame(again.checkpoints(id, { limit: 2 }).items.map(each => each.id), [1, 2])
  t.strictSame(again.checkpoints(id, { limit: 2, after: 2 }), { items: [again.checkpoint(id, 4)], next: null })
  t.equal(again.model('m')?.checkpoints_made, 4)
})

t.test('an id that no model or checkpoint can have finds nothing', async t => {
  const { store } = opened(t)
  const id = addModel(store, 'm')
  store.transact(tx => tx.putCheckpoint(id, checkpointManifest(null), Uint8Array.of(1)))
  for (const wrong of [0, -1, 1.5, 2 ** 48, 1e300, Infinity, NaN]) {
    t.strictSame([store.modelById(wrong), store.checkpoint(id, wrong), store.checkpointStream(wrong, 1)], [undefined, undefined, undefined])
    store.transact(tx => tx.removeCheckpoint(id, wrong))
  }
  t.strictSame(store.checkpoints(id, { limit: 9, after: 1e300 }).items, [])
  t.equal(store.checkpoint(id, 1)?.id, 1)
})

t.test('a checkpoint has the size and SHA-256 of its bytes, as content and as a stream', async t => {
  const { store } = opened(t)
  const id = addModel(store, 'm')
  const bytes = Buffer.from('a checkpoint')
  const record = store.transact(tx => tx.putCheckpoint(id, checkpointManifest('first'), bytes))
  t.match(record, { ...checkpointManifest('first'), id: 1, bytes: 12, sha256: createHash('sha256').update(bytes).digest('hex') })
  t.strictSame(store.checkpointContent(id, 1)?.record, record)
  t.ok(bytes.equals(store.checkpointContent(id, 1)?.content ?? Buffer.of()))
  const loaded = store.checkpointStream(id, 1)
  store.transact(tx => tx.removeCheckpoint(id, 1))
  t.ok(loaded && bytes.equals(await buffer(loaded.content)), 'a stream goes on when the checkpoint is removed')
  t.strictSame([store.checkpointStream(id, 1), store.checkpointContent(id, 1)], [undefined, undefined])
})

t.test('arrays are replaced with their bytes, between small and large, and leave no blob behind', async t => {
  const { store, folder } = opened(t)
  for (const size of [0, 5, 2 ** 20, 2 ** 20 + 1, 2 ** 21, 7]) {
    const bytes = new Uint8Array(size).fill(size)
    store.transact(tx => tx.putArrays('x', arrayManifest(), bytes))
    const loaded = store.arrayContent('x')
    t.ok(loaded && Buffer.from(bytes).equals(loaded.content), `${size} bytes`)
    t.equal(loaded?.record.bytes, size)
    t.equal(blobFiles(folder).length, size > 2 ** 20 ? 1 : 0)
  }
  t.strictSame(store.arrays({ limit: 9 }).items, [store.array('x')])
  store.transact(tx => tx.removeArrays('x'))
  t.strictSame([store.array('x'), store.arrayContent('x')], [undefined, undefined])
})

t.test('architectures are stored, replaced, listed and removed', async t => {
  const { store } = opened(t)
  const record = { name: 'Net', spec: { type: 'Dense', units: 1 }, created_at: NOW, updated_at: NOW }
  store.transact(tx => tx.putArchitecture(record))
  store.transact(tx => tx.putArchitecture({ ...record, spec: { type: 'Dense', units: 2 } }))
  t.strictSame(store.architectures({ limit: 9 }), { items: [{ ...record, spec: { type: 'Dense', units: 2 } }], next: null })
  store.transact(tx => tx.removeArchitecture('Net'))
  t.equal(store.architecture('Net'), undefined)
})

t.test('an outcome answers for a day, then it is dropped by the next', async t => {
  const { store, folder } = opened(t)
  const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString()
  const outcome = (at: string) => ({ fingerprint: 'f', status: 201, body: { name: 'm', list: [null, 'é'] }, at })
  const put = (key: string, at: string): void => store.transact(tx => tx.putOutcome(key, outcome(at)))
  put('fresh', hoursAgo(23.9))
  t.strictSame(store.outcome('fresh'), outcome(store.outcome('fresh')?.at ?? ''))
  for (let i = 0; i < 150; i++) put(`old ${i}`, hoursAgo(24.1))
  t.equal(store.outcome('old 149'), undefined)
  put('fresh', hoursAgo(0))
  put('new', hoursAgo(0))
  t.strictSame([store.outcome('fresh')?.status, store.outcome('new')?.status], [201, 201])
  store.close()
  const database = new Database(join(folder, 'database'), true)
  t.strictSame([database.count(keyOf('outcome')), database.count(keyOf('outcomeTime'))], [2, 2], 'nothing old is left')
  database.close()
})

t.test('names never become file names', async t => {
  const { store, folder } = opened(t)
  const outside = readdirSync(join(folder, '..')).toSorted()
  const names = ['../x', '/tmp/x', '..', '.', 'a/../../b', 'C:\\x', 'nul\0byte', '\ud800', 'é'.repeat(1024), '€'.repeat(1024)]
  for (const [i, name] of names.entries()) {
    const id = addModel(store, name)
    store.transact(tx => {
      tx.putValue(id, name, filled(LARGE, i))
      tx.putArrays(name, arrayManifest(), new Uint8Array(LARGE * 4))
      tx.putArchitecture({ name, spec: {}, created_at: NOW, updated_at: NOW })
    })
    t.strictSame([store.model(name)?.id, store.value(id, name)?.data[0], store.array(name)?.name], [id, i, name])
  }
  t.strictSame(readdirSync(folder).toSorted(), ['blobs', 'database'])
  t.ok(blobFiles(folder).length === 2 * names.length && blobFiles(folder).every(file => /^[0-9a-f]{32}$/.test(file)))
  t.strictSame(readdirSync(join(folder, '..')).toSorted(), outside)
})

t.test('opening sweeps the blobs that no record names, and no other', async t => {
  const { store, folder } = opened(t)
  const id = addModel(store, 'm')
  store.transact(tx => {
    tx.putValue(id, 'w', filled(LARGE, 5))
    tx.putCheckpoint(id, checkpointManifest(null), Uint8Array.of(9))
    tx.putArrays('x', arrayManifest(), new Uint8Array(2 ** 21))
  })
  const named = blobFiles(folder).toSorted()
  writeFileSync(join(folder, 'blobs', 'f'.repeat(32)), 'orphan')
  writeFileSync(join(folder, 'blobs', `${'e'.repeat(32)}.tmp`), 'unfinished')
  store.close()
  const reader = openStore(folder, { readOnly: true })
  t.equal(blobFiles(folder).length, named.length + 2, 'a reader sweeps nothing')
  reader.close()
  const again = openStore(folder)
  t.teardown(() => again.close())
  t.strictSame(blobFiles(folder).toSorted(), named)
  t.equal(again.value(id, 'w')?.data.at(-1), 5)
})

t.test('opening sweeps a blob that was replaced by a process killed before it could delete the file', async t => {
  const { store, folder } = opened(t)
  const id = addModel(store, 'm')
  store.transact(tx => tx.putValue(id, 'w', filled(LARGE, 1)))
  const file = join(folder, 'blobs', blobFiles(folder)[0] ?? '')
  const bytes = readFileSync(file)
  store.transact(tx => tx.putValue(id, 'w', filled(LARGE, 2)))
  writeFileSync(file, bytes)
  const again = reopened(store, folder)
  t.teardown(() => again.close())
  t.equal(blobFiles(folder).length, 1)
  t.equal(again.value(id, 'w')?.data[0], 2)
})

t.test('the data of a newer program is refused and left as it is', async t => {
  const folder = temporaryFolder(t)
  openStore(folder).close()
  const database = new Database(join(folder, 'database'), false)
  database.transact(() => database.putRecord(keyOf('format'), 2))
  database.close()
  writeFileSync(join(folder, 'blobs', 'a blob of the future'), 'x')
  t.equal(codeOf(() => openStore(folder)), 'data_version')
  t.equal(codeOf(() => openStore(folder, { readOnly: true })), 'data_version')
  t.strictSame(blobFiles(folder), ['a blob of the future'])
})

t.test('a folder that cannot be a data folder is refused with the reason', async t => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'file')
  writeFileSync(file, 'x')
  t.equal(codeOf(() => openStore(file)), 'storage_failed')
})

t.test('a database file that is none, or only its beginning, is refused; an empty one is made anew', async t => {
  const folder = temporaryFolder(t)
  openStore(folder).close()
  const file = join(folder, 'database', 'data.mdb')
  const whole = readFileSync(file)
  const noSecondPage = Buffer.from(whole).fill(0, 4096, 4200)
  for (const bytes of [Buffer.from('not a database '.repeat(1000)), Buffer.from('x'), whole.subarray(0, 40), whole.subarray(0, 4096), noSecondPage]) {
    writeFileSync(file, bytes)
    t.equal(codeOf(() => openStore(folder)), 'data_damaged')
    t.equal(codeOf(() => openStore(folder, { readOnly: true })), 'data_damaged')
  }
  writeFileSync(file, '')
  const store = openStore(folder)
  t.equal(store.modelCount(), 0)
  store.close()
})

t.test('a content that is missing or cut short is reported, never made up', async t => {
  const { store, folder } = opened(t)
  const id = addModel(store, 'm')
  store.transact(tx => tx.putValue(id, 'w', filled(LARGE, 1)))
  const file = join(folder, 'blobs', blobFiles(folder)[0] ?? '')
  truncateSync(file, readFileSync(file).length - 1)
  t.equal(codeOf(() => store.value(id, 'w')), 'data_damaged')
  rmSync(file)
  t.equal(codeOf(() => store.value(id, 'w')), 'data_damaged')
})

t.test('a disk that takes no blob undoes the transaction', async t => {
  const { store, folder } = opened(t)
  const id = addModel(store, 'm')
  rmSync(join(folder, 'blobs'), { recursive: true })
  t.equal(codeOf(() => store.transact(tx => {
    tx.putModel(modelRecord(id, 'm', { revision: 2 }))
    tx.putValue(id, 'w', filled(LARGE, 1))
  })), 'storage_failed')
  t.equal(store.model('m')?.revision, 1)
})

t.test('a store that only reads can be opened before any that writes', async t => {
  const folder = temporaryFolder(t)
  const reader = openStore(folder, { readOnly: true })
  t.teardown(() => reader.close())
  t.strictSame(reader.models({ limit: 5 }), { items: [], next: null })
})
