/**
 * Keys of the database: a letter for the kind of record, then numeric ids (48 bits, big-endian, so that they sort), then a name.
 * A name is its UTF-8 bytes, so names sort by code point. One that is too long for a key, or is not well-formed Unicode, is its
 * SHA-256 behind a byte that UTF-8 never has.
 */
import { createHash } from 'node:crypto'

const LONGEST = 1024
const LARGEST_ID = 2 ** 48 - 1
const HASHED = Buffer.of(0xff)

const KINDS = {
  format: 'F',
  owner: 'W',
  sequence: 'S',
  model: 'M',
  modelName: 'N',
  value: 'V',
  stream: 'R',
  architecture: 'A',
  checkpoint: 'C',
  array: 'D',
  outcome: 'O',
  outcomeTime: 'T',
  blob: 'B',
  content: 'X'
} as const

export type KeyKind = keyof typeof KINDS

function nameBytes (name: string): Buffer {
  const bytes = Buffer.from(name)
  if (bytes.length <= LONGEST && bytes.toString() === name) return bytes
  return Buffer.concat([HASHED, createHash('sha256').update(name, 'utf16le').digest()])
}

// Ids come from requests too: one that nothing can have finds nothing, as 0 and the largest do.
function idBytes (id: number): Buffer {
  const bytes = Buffer.alloc(6)
  bytes.writeUIntBE(Number.isInteger(id) ? Math.min(Math.max(id, 0), LARGEST_ID) : 0, 0, 6)
  return bytes
}

/** The key of a record, or the prefix of several. At most one name, and it is last. */
export function keyOf (kind: KeyKind, ...parts: readonly (number | string)[]): Buffer {
  return Buffer.concat([Buffer.from(KINDS[kind]), ...parts.map(part => typeof part === 'number' ? idBytes(part) : nameBytes(part))])
}

/** The key of the bytes that belong to the record at `owner`. */
export const contentKey = (owner: Buffer): Buffer => Buffer.concat([Buffer.from(KINDS.content), owner])

/** The first key behind all that start with `prefix`; a prefix starts with a letter, so there is one. */
export function keyAfter (prefix: Buffer): Buffer {
  let end = prefix.length
  while (prefix[end - 1] === 0xff) end--
  const next = Buffer.from(prefix.subarray(0, end))
  next.writeUInt8(next.readUInt8(end - 1) + 1, end - 1)
  return next
}

/** The number behind the kind in a key. */
export const numberIn = (key: Buffer): number => key.readUIntBE(1, 6)

/** The name behind the kind in a key. */
export const nameIn = (key: Buffer): string => key.toString('utf8', 1)
