import { decodeFrame, FRAME_HEAD, frameLength } from './codec.ts'

/** Cuts a stream of bytes into frames. Every frame gets memory of its own, so its tensors stay valid; each byte is copied once. */
export class Cutter {
  readonly #head = new Uint8Array(FRAME_HEAD)
  #frame: Uint8Array<ArrayBuffer> | undefined
  #have = 0

  /** The messages of all frames that `chunk` completes. `chunk` may be used again afterwards. Throws `channel_frame`. */
  push (chunk: Uint8Array): unknown[] {
    const messages: unknown[] = []
    let at = 0
    while (at < chunk.length) {
      at += this.#fill(this.#frame ?? this.#head, chunk.subarray(at))
      if (this.#frame === undefined && this.#have === FRAME_HEAD) this.#begin()
      if (this.#frame !== undefined && this.#have === this.#frame.length) messages.push(...this.#end(this.#frame))
    }
    return messages
  }

  /** True when the stream may end here: no frame is incomplete. */
  get atBoundary (): boolean { return this.#have === 0 }

  #fill (target: Uint8Array, from: Uint8Array): number {
    const bytes = Math.min(target.length - this.#have, from.length)
    target.set(from.subarray(0, bytes), this.#have)
    this.#have += bytes
    return bytes
  }

  #begin (): void {
    this.#frame = new Uint8Array(frameLength(this.#head))
    this.#frame.set(this.#head)
  }

  #end (frame: Uint8Array<ArrayBuffer>): unknown[] {
    this.#frame = undefined
    this.#have = 0
    return decodeFrame(frame)
  }
}
