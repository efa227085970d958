/** The bytes that belong to a record: beside it in the database up to 1 MiB, in a blob beyond that. */
import type { Readable } from 'node:stream'
import { problem } from '../errors.ts'
import type { Blobs } from './blobs.ts'
import type { Database } from './database.ts'
import { contentKey, keyOf } from './keys.ts'
import type { Content, Loaded } from './records.ts'

/** The largest content that is kept in the database itself, in bytes. */
export const LARGEST_INLINE = 2 ** 20

export class Contents {
  readonly #database: Database
  readonly #blobs: Blobs

  constructor (database: Database, blobs: Blobs) {
    this.#database = database
    this.#blobs = blobs
  }

  /** The record at `owner` and its bytes, of the same commit. Throws `data_damaged` when the bytes are missing. */
  load<R extends Content> (owner: Buffer): Loaded<R, Uint8Array<ArrayBuffer>> | undefined {
    return this.#find<R, Uint8Array<ArrayBuffer>>(owner, ({ blob, bytes }) => {
      return blob === null ? this.#inline(owner) : this.#blobs.read(blob, bytes)
    })
  }

  /** The record at `owner`, which must have a blob, and a stream of it. Throws `data_damaged` when the blob is missing. */
  stream<R extends Content> (owner: Buffer): Loaded<R, Readable> | undefined {
    return this.#find<R, Readable>(owner, ({ blob }) => blob === null ? undefined : this.#blobs.stream(blob))
  }

  // Another process may remove a blob between the lookup and the read; a second lookup then tells what took its place.
  #find<R extends Content, T> (owner: Buffer, read: (record: R) => T | undefined): Loaded<R, T> | undefined {
    let missing: string | null = null
    for (;;) {
      const loaded = this.#database.snapshot(() => this.#tryToLoad(owner, read))
      if (loaded === undefined) return undefined
      const { record, content } = loaded
      if (content !== undefined) return { record, content }
      if (record.blob === missing) throw problem('data_damaged', { detail: `the content '${missing ?? owner.toString('hex')}' is missing or cut short` })
      missing = record.blob
    }
  }

  #tryToLoad<R extends Content, T> (owner: Buffer, read: (record: R) => T | undefined): Loaded<R, T | undefined> | undefined {
    const record = this.#database.record<R>(owner)
    return record && { record, content: read(record) }
  }

  #inline (owner: Buffer): Uint8Array<ArrayBuffer> | undefined {
    return this.#database.get(contentKey(owner)) as Uint8Array<ArrayBuffer> | undefined
  }
}

/** The contents one transaction writes and stops naming. */
export class ContentChanges {
  readonly #database: Database
  readonly #blobs: Blobs
  readonly #written: string[] = []
  readonly #dropped: string[] = []

  constructor (database: Database, blobs: Blobs) {
    this.#database = database
    this.#blobs = blobs
  }

  /** Stores the bytes of the record at `owner`, and returns where they are. */
  put (owner: Buffer, bytes: Uint8Array, largestInline = LARGEST_INLINE): Content {
    this.drop(owner)
    const blob = bytes.length > largestInline ? this.#writeBlob(bytes) : null
    if (blob === null) this.#database.put(contentKey(owner), bytes)
    return { bytes: bytes.length, blob }
  }

  /** Forgets the bytes of the record at `owner`, if there is one. */
  drop (owner: Buffer): void {
    const blob = this.#database.record<Content>(owner)?.blob
    if (blob === undefined) return
    if (blob === null) return this.#database.remove(contentKey(owner))
    this.#database.remove(keyOf('blob', blob))
    this.#dropped.push(blob)
  }

  /** Makes the written blobs durable: the last step before the commit. */
  sync (): void {
    if (this.#written.length > 0) this.#blobs.sync()
  }

  /** Deletes the blobs nothing names any more. */
  afterCommit (): void {
    this.#removeAll(this.#dropped)
  }

  /** Deletes the blobs of a transaction that was undone. */
  afterRollback (): void {
    this.#removeAll(this.#written)
  }

  #writeBlob (bytes: Uint8Array): string {
    const blob = this.#blobs.write(bytes)
    this.#written.push(blob)
    this.#database.putRecord(keyOf('blob', blob), bytes.length)
    return blob
  }

  #removeAll (blobs: readonly string[]): void {
    for (const blob of blobs) this.#blobs.remove(blob)
  }
}
