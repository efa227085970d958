import { LIST_MAGIC } from './mxnet/layout.ts'

/** What a file is, by its first bytes. `html` is any markup, such as the error page of a download. */
export type FileKind = 'mxnet' | 'npz' | 'npy' | 'safetensors' | 'pytorch' | 'json' | 'html' | 'empty' | 'unknown'

const SIGNATURES: ReadonlyArray<readonly [string, FileKind]> = [
  ['\x93NUMPY', 'npy'],
  // A pickle of PyTorch before 1.6: protocol 2, then a long of ten bytes.
  ['\x80\x02\x8a\x0a', 'pytorch'],
  ['PK\x05\x06', 'npz']
]

/** Tells the kind of a file from its first bytes. Reads no further, so a broken file of a kind is still of that kind. */
export function sniff (bytes: Uint8Array): FileKind {
  if (bytes.byteLength === 0) return 'empty'
  const start = latin1(bytes, 0, 512)
  const signature = SIGNATURES.find(([magic]) => start.startsWith(magic))
  if (signature !== undefined) return signature[1]
  if (start.startsWith('PK\x03\x04')) return zipKind(start)
  return lengthKind(bytes) ?? textKind(start)
}

const latin1 = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to))

/** A ZIP archive by the name of its first member: that of PyTorch is in a folder, that of NumPy ends in .npy. */
function zipKind (start: string): FileKind {
  const nameLength = start.charCodeAt(26) + 256 * start.charCodeAt(27)
  const name = start.slice(30, 30 + nameLength)
  if (/\.pkl$|\/(?:version|byteorder|\.format_version)$/.test(name)) return 'pytorch'
  return name.endsWith('.npy') ? 'npz' : 'unknown'
}

/** The kinds that start with a 64-bit number: MXNet's magic, or the length of safetensors' JSON header (at most 100 MB). */
function lengthKind (bytes: Uint8Array): FileKind | undefined {
  if (bytes.byteLength < 8) return undefined
  const first = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true)
  if (first === BigInt(LIST_MAGIC)) return 'mxnet'
  return first >= 2n && first <= 100_000_000n && bytes[8] === 0x7b ? 'safetensors' : undefined
}

function textKind (start: string): FileKind {
  const first = /^(?:\xef\xbb\xbf)?\s*([{["<])/.exec(start)?.[1]
  if (first === undefined) return 'unknown'
  return first === '<' ? 'html' : 'json'
}
