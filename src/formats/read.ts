import { problem } from '../errors.ts'
import type { ArrayFile } from './array-file.ts'
import { readMxnet, type ReadOptions } from './mxnet/reader.ts'
import { sniff, type FileKind } from './sniff.ts'

const EXPECTED = 'expected a .params file of MXNet 1.x'

const REASONS: Readonly<Record<Exclude<FileKind, 'mxnet' | 'unknown'>, string>> = {
  npz: `it is a NumPy .npz archive (MXNet 2.x writes those as .params, too), which is not supported; ${EXPECTED}`,
  npy: `it is a NumPy .npy file, which is not supported; ${EXPECTED}`,
  safetensors: `it is a safetensors file, which is not supported; ${EXPECTED}`,
  pytorch: 'it is a PyTorch file, which is not supported; to convert it, read it in Python with torch.load and either write its tensors ' +
    'with mx.npx.save, or set the values of the parameters one by one',
  json: `it is JSON text; ${EXPECTED} (a -symbol.json file describes a network, its values are in the .params file beside it)`,
  html: `it is an HTML or XML page, perhaps the answer of a failed download; ${EXPECTED}`,
  empty: `it is empty; ${EXPECTED}`
}

/**
 * The arrays of a file of any supported format, told by its first bytes. Shares memory with `bytes` where it can.
 * Throws invalid_file, which says what the file seems to be.
 */
export function readArrayFile (bytes: Uint8Array, options: ReadOptions = {}): ArrayFile {
  const kind = sniff(bytes)
  if (kind === 'mxnet') return readMxnet(bytes, options)
  throw problem('invalid_file', { detail: kind === 'unknown' ? describe(bytes) : REASONS[kind] })
}

function describe (bytes: Uint8Array): string {
  const start = Array.from(bytes.subarray(0, 8), byte => byte.toString(16).padStart(2, '0')).join(' ')
  return `its format is unknown (it has ${bytes.byteLength} bytes and starts with ${start}); ${EXPECTED}`
}
