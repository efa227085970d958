/** The body of a request in the pieces it arrived in, so that the bytes of a tensor are copied once: on their way to the engine. */
import type { Readable } from 'node:stream'
import { problem } from '../../../errors.ts'

export type Bytes = Buffer<ArrayBuffer>

/** Later pieces that are smaller are copied together, so that a body of many tiny pieces takes no more memory than others. */
const SMALL = 4096
const BLOCK = 65_536

/** Bytes in order, in pieces. */
export class Body {
  readonly #parts: Bytes[] = []
  #block: Bytes | undefined
  #room = 0
  #length = 0

  static of (...chunks: readonly Bytes[]): Body {
    const body = new Body()
    for (const chunk of chunks) body.push(chunk)
    return body
  }

  get length (): number { return this.#length }

  get parts (): readonly Bytes[] { return this.#parts }

  /** Appends bytes, which must not change afterwards. */
  push (chunk: Bytes): void {
    if (chunk.length === 0) return
    this.#length += chunk.length
    if (this.#parts.length > 0 && chunk.length < SMALL) this.#append(chunk)
    else this.#keep(chunk)
  }

  /** The pieces from `start` to `end`; they share memory with the body. */
  slice (start: number, end: number): Bytes[] {
    const found: Bytes[] = []
    let at = 0
    for (const part of this.#parts) {
      const from = Math.max(start - at, 0)
      const to = Math.min(end - at, part.length)
      if (from < to) found.push(part.subarray(from, to))
      at += part.length
    }
    return found
  }

  /** The bytes from `start` to `end` in one piece: shared with the body where they lie together. */
  contiguous (start = 0, end = this.#length): Bytes {
    const pieces = this.slice(start, end)
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
  }

  #keep (chunk: Bytes): void {
    this.#block = undefined
    this.#parts.push(chunk)
  }

  #append (chunk: Bytes): void {
    if (this.#block === undefined || this.#room < chunk.length) this.#begin()
    const block = this.#block!
    const start = block.length - this.#room
    block.set(chunk, start)
    this.#room -= chunk.length
    this.#show(start + chunk.length)
  }

  #begin (): void {
    this.#block = Buffer.allocUnsafeSlow(BLOCK)
    this.#room = BLOCK
    this.#parts.push(this.#block.subarray(0, 0))
  }

  #show (filled: number): void {
    this.#parts[this.#parts.length - 1] = this.#block!.subarray(0, filled)
  }
}

/**
 * Reads a stream to its end. Rejects with `body_too_large` as soon as it has more than `limit` bytes; the rest is not read.
 * `fail` makes an error of what the stream throws.
 */
export function collect (stream: Readable, limit: number, fail: (error: Error) => Error): Promise<Body> {
  return new Promise((resolve, reject) => {
    const body = new Body()
    const settle = (finish: () => void): void => {
      stream.off('data', onData).off('end', onEnd).off('error', onError).pause()
      finish()
    }
    const onData = (chunk: Bytes): void => {
      body.push(chunk)
      if (body.length > limit) settle(() => { reject(problem('body_too_large', { limit })) })
    }
    const onEnd = (): void => { settle(() => { resolve(body) }) }
    const onError = (error: Error): void => { settle(() => { reject(fail(error)) }) }
    stream.on('data', onData).on('end', onEnd).on('error', onError)
  })
}
