/**
 * The truth on disk: one embedded transactional database and immutable blob files. Several processes may open it; one writes at a time,
 * and each sees what the others committed at its next call. A folder is opened once per process.
 */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { BlockserveError, problem } from '../errors.ts'
import { makeFolder, PRIVATE } from '../folders.ts'
import { Blobs, syncFolder } from './blobs.ts'
import { Contents } from './contents.ts'
import { Database } from './database.ts'
import { misuse, storageFailed } from './failures.ts'
import { checkDatabase } from './header.ts'
import type { ReadOnlyStore, Store, Transaction } from './interface.ts'
import { keyOf, nameIn } from './keys.ts'
import { RecordReader } from './reader.ts'
import { OpenTransaction } from './transaction.ts'

export type * from './interface.ts'

/** The format of the data folder this program writes, and the newest it reads. */
export const DATA_FORMAT = 1

/**
 * Opens the store in `folder`, and makes it where there is none. A store that is not read-only also deletes the blobs that no record
 * names, left by a process that was killed. With `takeOver` it is the only one to write from now on: the transactions of whoever opened
 * it before throw `store_taken_over`. Throws `data_version` for the data of a newer program, `storage_failed` when the disk refuses.
 */
export function openStore (folder: string, options: { readonly readOnly: true }): ReadOnlyStore
export function openStore (folder: string, options?: { readonly readOnly?: false, readonly takeOver?: boolean }): Store
export function openStore (folder: string, options: { readonly readOnly?: boolean, readonly takeOver?: boolean } = {}): ReadOnlyStore {
  const { readOnly = false, takeOver = false } = options
  try {
    return readOnly ? openReadOnly(resolve(folder)) : openWritable(resolve(folder), takeOver)
  } catch (error) {
    throw error instanceof BlockserveError ? error : storageFailed(error)
  }
}

class OpenStore extends RecordReader implements Store {
  readonly #database: Database
  readonly #blobs: Blobs
  readonly #owner: string | undefined

  constructor (database: Database, blobs: Blobs, owner: string | undefined) {
    super(database, new Contents(database, blobs))
    this.#database = database
    this.#blobs = blobs
    this.#owner = owner
  }

  transact<T> (change: (tx: Transaction) => T): T {
    const tx = new OpenTransaction(this.#database, this.#blobs)
    const result = this.#database.transact(() => {
      if (this.#database.record(OWNER) !== this.#owner) throw problem('store_taken_over')
      return apply(tx, change)
    })
    tx.contents.afterCommit()
    return result
  }

  close (): void {
    this.#database.close()
  }
}

// A commit that fails is left to the sweep: the disk may hold it nevertheless.
function apply<T> (tx: OpenTransaction, change: (tx: Transaction) => T): T {
  try {
    const result = change(tx)
    if (result instanceof Promise) throw misuse('an asynchronous change')
    tx.contents.sync()
    return result
  } catch (error) {
    tx.contents.afterRollback()
    throw error
  }
}

const databaseFolder = (place: string): string => join(place, 'database')
const blobFolder = (place: string): string => join(place, 'blobs')

const OWNER = keyOf('owner')

function openWritable (place: string, takeOver = false): Store {
  const isNew = !existsSync(databaseFolder(place))
  for (const folder of [databaseFolder(place), blobFolder(place)]) makeFolder(folder, PRIVATE)
  checkDatabase(databaseFolder(place))
  const database = new Database(databaseFolder(place), false)
  const blobs = new Blobs(blobFolder(place))
  orClose(database, () => database.transact(() => {
    checkFormat(database, place)
    database.putRecord(keyOf('format'), DATA_FORMAT)
    if (takeOver) database.putRecord(OWNER, randomUUID())
    sweep(database, blobs)
  }))
  if (isNew) for (const made of [databaseFolder(place), place, dirname(place)]) syncFolder(made)
  return new OpenStore(database, blobs, database.snapshot(() => database.record<string>(OWNER)))
}

function openReadOnly (place: string): ReadOnlyStore {
  if (!existsSync(join(databaseFolder(place), 'data.mdb'))) openWritable(place).close()
  checkDatabase(databaseFolder(place))
  const database = new Database(databaseFolder(place), true)
  orClose(database, () => database.snapshot(() => checkFormat(database, place)))
  return new OpenStore(database, new Blobs(blobFolder(place)), undefined)
}

function orClose (database: Database, prepare: () => void): void {
  try {
    prepare()
  } catch (error) {
    database.close()
    throw error
  }
}

function checkFormat (database: Database, folder: string): void {
  const found = database.record<number>(keyOf('format')) ?? DATA_FORMAT
  if (found > DATA_FORMAT) throw problem('data_version', { folder, found, known: DATA_FORMAT })
}

// Blobs are written inside transactions only, so while this one is open, a blob without a name in the database is nobody's.
function sweep (database: Database, blobs: Blobs): void {
  const named = new Set(database.keys(keyOf('blob')).map(nameIn))
  for (const name of blobs.names()) {
    if (!named.has(name)) blobs.remove(name)
  }
}
