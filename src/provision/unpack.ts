/** Takes single members out of a wheel, which is a ZIP archive. */
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import { BlockserveError, problem } from '../errors.ts'
import { isOutOfSpace } from './space.ts'

/** Where a member goes, below the folder; undefined for one that is not wanted. */
export type Select = (name: string) => string | undefined

export interface UnpackOptions {
  readonly signal: AbortSignal
  /** Is told how many bytes are written so far. */
  readonly onBytes?: (done: number) => void
}

export interface Unpacked { readonly members: readonly string[], readonly bytes: number }

/**
 * Writes the members that `select` wants below `folder`, checks the CRC of each, and keeps the permission to execute.
 * Throws `native_wheel_unreadable` for a damaged archive and for a member that would lie outside of the folder.
 */
export async function unpack (wheel: string, folder: string, select: Select, options: UnpackOptions): Promise<Unpacked> {
  try {
    return await unpackAll(await openPromise(wheel), folder, select, options)
  } catch (cause) {
    if (isOutOfSpace(cause) || cause instanceof BlockserveError || (cause as Error).name === 'AbortError') throw cause
    throw problem('native_wheel_unreadable', { wheel, detail: (cause as Error).message.replace(/\.$/, '') }, { cause })
  }
}

async function unpackAll (zip: ZipFile, folder: string, select: Select, { signal, onBytes }: UnpackOptions): Promise<Unpacked> {
  const members: string[] = []
  let bytes = 0
  for await (const entry of zip.eachEntry()) {
    const path = entry.fileName.endsWith('/') ? undefined : select(entry.fileName)
    if (path === undefined) continue
    await write(zip, entry, inside(folder, path), signal, size => { onBytes?.(bytes += size) })
    members.push(path)
  }
  return { members, bytes }
}

function inside (folder: string, path: string): string {
  const file = resolve(folder, path)
  if (!file.startsWith(resolve(folder) + sep)) throw new Error(`its member ${path} would lie outside of the folder`)
  return file
}

async function write (zip: ZipFile, entry: Entry, file: string, signal: AbortSignal, onBytes: (size: number) => void): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  let crc = 0
  const count = new Transform({
    transform (chunk: Buffer, _, done) {
      crc = crc32(chunk, crc)
      onBytes(chunk.length)
      done(null, chunk)
    }
  })
  const executable = ((entry.externalFileAttributes >>> 16) & 0o111) !== 0
  await pipeline(await zip.openReadStreamPromise(entry), count, createWriteStream(file, { mode: executable ? 0o755 : 0o644 }), { signal })
  if (crc !== entry.crc32) throw new Error(`its member ${entry.fileName} is damaged: its CRC is not the one recorded`)
}
