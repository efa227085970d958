/** Immutable files for large contents. Their names are random, never anything a user said. */
import { randomBytes } from 'node:crypto'
import { closeSync, createReadStream, fsyncSync, openSync, readdirSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { storageFailed } from './failures.ts'

const CHUNK = 2 ** 30

export class Blobs {
  readonly #folder: string

  constructor (folder: string) {
    this.#folder = folder
  }

  /** Writes a new blob and returns its name. Its bytes are on disk then; its name is after `sync`. Throws `storage_failed`. */
  write (bytes: Uint8Array): string {
    const name = randomBytes(16).toString('hex')
    const draft = this.#path(`${name}.tmp`)
    try {
      writeFileSync(draft, bytes, { flag: 'wx', mode: 0o600, flush: true })
      renameSync(draft, this.#path(name))
    } catch (cause) {
      rmSync(draft, { force: true })
      throw storageFailed(cause)
    }
    return name
  }

  /** Makes the names of all blobs written so far durable. */
  sync (): void {
    syncFolder(this.#folder)
  }

  /** The `size` bytes of a blob; undefined if there is no such file, or a shorter one. */
  read (name: string, size: number): Uint8Array<ArrayBuffer> | undefined {
    const file = this.#open(name)
    if (file === undefined) return undefined
    try {
      return readAll(file, size)
    } finally {
      closeSync(file)
    }
  }

  /** A stream of a blob's bytes, which goes on when the blob is removed meanwhile; undefined if there is no such file. */
  stream (name: string): Readable | undefined {
    const file = this.#open(name)
    return file === undefined ? undefined : createReadStream('', { fd: file })
  }

  /** Removes a file if it can: whoever calls this has succeeded already, and the next sweep tries again. */
  remove (name: string): boolean {
    try {
      rmSync(this.#path(name))
      return true
    } catch {
      return false
    }
  }

  /** The names of all files, unfinished ones included. */
  names (): string[] {
    return readdirSync(this.#folder)
  }

  #open (name: string): number | undefined {
    try {
      return openSync(this.#path(name), 'r')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw storageFailed(error)
    }
  }

  #path (name: string): string {
    return join(this.#folder, name)
  }
}

/** Makes the names in a folder durable. */
export function syncFolder (folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function readAll (file: number, size: number): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(size)
  let read = 0
  while (read < size) {
    const got = readSync(file, bytes, read, Math.min(CHUNK, size - read), null)
    if (got === 0) return undefined
    read += got
  }
  return bytes
}
