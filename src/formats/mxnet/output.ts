/** Writes little-endian fields one after the other into bytes of a size known before. */
export class Output {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly #view: DataView
  #offset = 0

  constructor (size: number) {
    this.bytes = new Uint8Array(size)
    this.#view = new DataView(this.bytes.buffer)
  }

  u32 (value: number): void {
    this.#view.setUint32(this.#offset, value, true)
    this.#offset += 4
  }

  /** `value` is a whole number from 0 to 2^53 − 1, so signed and unsigned are the same bytes. */
  u64 (value: number): void {
    this.u32(value % 2 ** 32)
    this.u32(Math.floor(value / 2 ** 32))
  }

  put (bytes: Uint8Array): void {
    this.bytes.set(bytes, this.#offset)
    this.#offset += bytes.byteLength
  }
}
