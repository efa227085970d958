/** Compression of bodies: gzip and deflate (zlib), both ways. */
import { promisify } from 'node:util'
import type { Readable } from 'node:stream'
import { constants, createGunzip, createInflate, deflate, gzip } from 'node:zlib'
import { BlockserveError, problem } from '../../../errors.ts'
import { collect, type Body, type Bytes } from './body.ts'

export const ENCODINGS = ['gzip', 'deflate'] as const
export type Encoding = typeof ENCODINGS[number]

const isEncoding = (name: string): name is Encoding => (ENCODINGS as readonly string[]).includes(name)

/** Fast rather than small: numbers hardly compress. */
const OPTIONS = { level: constants.Z_BEST_SPEED }
const COMPRESSORS = { gzip: promisify(gzip), deflate: promisify(deflate) }
const DECOMPRESSORS = { gzip: createGunzip, deflate: createInflate }

/**
 * The body of a request, decompressed where its header says so. At most `limit` bytes are kept, compressed or not.
 * Rejects with `body_too_large`, `unsupported_media_type`, `validation_failed`.
 */
export async function readBody (stream: Readable, encoding: string | undefined, limit: number): Promise<Body> {
  const name = (encoding ?? 'identity').trim().toLowerCase()
  if (name === 'identity') return await collect(stream, limit, interrupted)
  if (!isEncoding(name)) {
    throw problem('unsupported_media_type', { received: `with Content-Encoding ${name.slice(0, 50)}`, expected: ENCODINGS.join(' or ') })
  }
  return await decompress(stream, name, limit)
}

const interrupted = (error: Error): Error => problem('malformed_http', { detail: error.message }, { cause: error })

/** Not by `pipeline`: that would end the connection of a request that is refused, instead of letting it be answered. */
async function decompress (stream: Readable, name: Encoding, limit: number): Promise<Body> {
  const decompressor = DECOMPRESSORS[name]()
  let received = 0
  const onError = (error: Error): void => { decompressor.destroy(interrupted(error)) }
  const onData = (chunk: Bytes): void => {
    received += chunk.length
    if (received > limit) decompressor.destroy(problem('body_too_large', { limit }))
  }
  stream.on('error', onError).on('data', onData).pipe(decompressor)
  try {
    return await collect(decompressor, limit, error => undecodable(error, name))
  } finally {
    stream.off('data', onData).unpipe(decompressor)
    decompressor.destroy()
  }
}

function undecodable (error: Error, name: Encoding): Error {
  if (error instanceof BlockserveError) return error
  return problem('validation_failed', { detail: `the body is not ${name}: ${error.message}` }, { cause: error })
}

/** Compresses the body of an answer. */
export const compress = (body: Bytes, encoding: Encoding): Promise<Buffer> => COMPRESSORS[encoding](body, OPTIONS)

/** The first compression that an Accept-Encoding header asks for by name and that is known here. */
export function acceptedEncoding (header: string | string[] | undefined): Encoding | undefined {
  if (header === undefined) return undefined
  for (const part of String(header).split(',')) {
    const [name = '', ...parameters] = part.toLowerCase().split(';').map(text => text.trim())
    if (isEncoding(name) && !parameters.some(isZero)) return name
  }
  return undefined
}

const isZero = (parameter: string): boolean => /^q=0(\.0*)?$/.test(parameter)
