import { createHash } from 'node:crypto'
import { sha256 } from './hash.ts'

/** The same text for equal values, another for others: a digest of a JSON value that may hold typed arrays. */
export function fingerprint (value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, replaceArrays)).digest('hex')
}

function replaceArrays (_key: string, value: unknown): unknown {
  if (!ArrayBuffer.isView(value)) return value
  const kind = (value as Partial<Float32Array>)[Symbol.toStringTag]
  return { kind, sha256: sha256(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) }
}
