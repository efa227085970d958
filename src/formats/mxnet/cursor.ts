import { problem, type BlockserveError } from '../../errors.ts'

/** Reads little-endian fields one after the other. Every read is checked against what is left before anything is made. */
export class Cursor {
  readonly #bytes: Uint8Array<ArrayBuffer>
  readonly #view: DataView
  #offset = 0
  #place = 'the header'

  constructor (bytes: Uint8Array) {
    this.#bytes = plainView(bytes)
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength)
  }

  get remaining (): number { return this.#bytes.byteLength - this.#offset }

  /** Names the part that is read from here on, for messages. */
  enter (place: string): void {
    this.#place = place
  }

  u32 (what: string): number {
    return this.#view.getUint32(this.#advance(4, what), true)
  }

  i32 (what: string): number {
    return this.#view.getInt32(this.#advance(4, what), true)
  }

  /** Exact up to 2^53, rounded beyond, where every use refuses it anyway. */
  u64 (what: string): number {
    const at = this.#advance(8, what)
    return this.#view.getUint32(at + 4, true) * 2 ** 32 + this.#view.getUint32(at, true)
  }

  /** Exact within ±2^53, rounded beyond. */
  i64 (what: string): number {
    const at = this.#advance(8, what)
    return this.#view.getInt32(at + 4, true) * 2 ** 32 + this.#view.getUint32(at, true)
  }

  /** The next `length` bytes, shared with the file. */
  take (length: number, what: string): Uint8Array<ArrayBuffer> {
    const at = this.#advance(length, what)
    return this.#bytes.subarray(at, at + length)
  }

  /** The error for what was found just before the present position. */
  broken (detail: string): BlockserveError {
    return problem('invalid_file', { detail: `${this.#place}, at byte ${this.#offset}: ${detail}` })
  }

  #advance (length: number, what: string): number {
    if (length > this.remaining) {
      throw this.broken(`expected ${length} bytes of ${what}, ${this.remaining} are left`)
    }
    const at = this.#offset
    this.#offset += length
    return at
  }
}

/** A Buffer's `slice` does not copy, so everything behind the cursor is a plain Uint8Array; shared memory is copied once. */
function plainView (bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes
  return buffer instanceof ArrayBuffer ? new Uint8Array(buffer, byteOffset, byteLength) : new Uint8Array(bytes)
}
