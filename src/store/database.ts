/** The embedded database: ordered binary keys, transactions that are durable when they return, several processes. */
import { open, type RootDatabase } from 'lmdb'
import { misuse, storageFailed } from './failures.ts'
import { keyAfter } from './keys.ts'

export class Database {
  readonly #lmdb: RootDatabase<Buffer, Buffer>
  #writing = false

  constructor (folder: string, readOnly: boolean) {
    // With overlappingSync a commit would return before its pages are on disk.
    this.#lmdb = open<Buffer, Buffer>(folder, {
      readOnly, noSubdir: false, overlappingSync: false, encoding: 'binary', keyEncoding: 'binary'
    })
  }

  /**
   * Runs `read` on one snapshot: what all processes committed before. It is given up afterwards, because the pages of a snapshot that
   * is held cannot be used again, and the file would grow. Inside a transaction, reads see the transaction.
   */
  snapshot<T> (read: () => T): T {
    try {
      return read()
    } finally {
      this.#lmdb.resetReadTxn()
    }
  }

  has (key: Buffer): boolean {
    return this.#lmdb.doesExist(key)
  }

  /** The bytes at `key`, in memory of their own. */
  get (key: Buffer): Buffer | undefined {
    return this.#lmdb.getBinary(key)
  }

  /** The JSON at `key`. */
  record<T> (key: Buffer): T | undefined {
    const bytes = this.get(key)
    return bytes && JSON.parse(bytes.toString()) as T
  }

  /** The keys that start with `prefix`, in order, behind `after`. */
  keys (prefix: Buffer, limit = Infinity, after?: Buffer): Buffer[] {
    const range = { start: after ?? prefix, exclusiveStart: after !== undefined, end: keyAfter(prefix) }
    return [...this.#lmdb.getKeys(limit === Infinity ? range : { ...range, limit })]
  }

  count (prefix: Buffer): number {
    return this.#lmdb.getKeysCount({ start: prefix, end: keyAfter(prefix) })
  }

  put (key: Buffer, bytes: Uint8Array): void {
    this.#write(() => this.#lmdb.putSync(key, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)))
  }

  putRecord (key: Buffer, record: unknown): void {
    this.put(key, Buffer.from(JSON.stringify(record)))
  }

  remove (key: Buffer): void {
    this.#write(() => this.#lmdb.removeSync(key))
  }

  /**
   * Runs `change` as one transaction: what it throws undoes all of it; when this returns, all of it is on disk.
   * Throws `storage_failed` when the commit fails.
   */
  transact<T> (change: () => T): T {
    if (this.#writing) throw misuse('a transaction inside another')
    this.#writing = true
    let changed = false
    try {
      return this.#lmdb.transactionSync(() => {
        const result = change()
        changed = true
        return result
      })
    } catch (cause) {
      throw changed ? storageFailed(cause) : cause
    } finally {
      this.#writing = false
    }
  }

  /** Without asynchronous writes lmdb closes at once; its promise has nothing to add but a failure. */
  close (): void {
    this.#lmdb.close().catch((cause: unknown) => { throw storageFailed(cause) })
  }

  // Outside a transaction lmdb would make one of its own, and half of a change could stay.
  #write (write: () => void): void {
    if (!this.#writing) throw misuse('a write outside a transaction')
    try {
      write()
    } catch (cause) {
      throw storageFailed(cause)
    }
  }
}
