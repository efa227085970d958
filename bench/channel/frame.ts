/** The spike's frame: u32 byte length of the rest, u32 count, then per item u32 id, u32 float count, floats. Little-endian. */

export interface Item { readonly id: number, readonly values: Float32Array }

const HEAD = 8

/** All items in one buffer: one copy, one write. */
export function pack (items: readonly Item[]): Uint8Array {
  let size = HEAD
  for (const item of items) size += 8 + item.values.byteLength
  const words = new Uint32Array(size / 4)
  const floats = new Float32Array(words.buffer)
  words[0] = size - 4
  words[1] = items.length
  let at = 2
  for (const { id, values } of items) {
    words[at] = id
    words[at + 1] = values.length
    floats.set(values, at + 2)
    at += 2 + values.length
  }
  return new Uint8Array(words.buffer)
}

/** The items of one whole frame; the floats share its memory. */
export function unpack (frame: ArrayBuffer): Item[] {
  const words = new Uint32Array(frame)
  const items: Item[] = []
  let at = 2
  for (let left = words[1] ?? 0; left > 0; left--) {
    const length = words[at + 1] ?? 0
    items.push({ id: words[at] ?? 0, values: new Float32Array(frame, (at + 2) * 4, length) })
    at += 2 + length
  }
  return items
}

/** Cuts a byte stream into frames; each frame gets memory of its own, filled by one copy. */
export class Cutter {
  readonly #deliver: (items: Item[]) => void
  readonly #head = new Uint8Array(4)
  #have = 0
  #frame: Uint8Array<ArrayBuffer> | undefined

  constructor (deliver: (items: Item[]) => void) { this.#deliver = deliver }

  push (chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.length) at = this.#frame === undefined ? this.#takeHead(chunk, at) : this.#takeBody(this.#frame, chunk, at)
  }

  #takeHead (chunk: Uint8Array, at: number): number {
    const take = Math.min(4 - this.#have, chunk.length - at)
    this.#head.set(chunk.subarray(at, at + take), this.#have)
    this.#have += take
    if (this.#have === 4) this.#begin(new DataView(this.#head.buffer).getUint32(0, true))
    return at + take
  }

  #begin (length: number): void {
    this.#frame = new Uint8Array(length + 4)
    this.#frame.set(this.#head)
  }

  #takeBody (frame: Uint8Array<ArrayBuffer>, chunk: Uint8Array, at: number): number {
    const take = Math.min(frame.length - this.#have, chunk.length - at)
    frame.set(chunk.subarray(at, at + take), this.#have)
    this.#have += take
    if (this.#have === frame.length) {
      this.#frame = undefined
      this.#have = 0
      this.#deliver(unpack(frame.buffer))
    }
    return at + take
  }
}
