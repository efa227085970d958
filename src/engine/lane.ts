import type { Pending } from './pending.ts'

/** One engine as the scheduler sees it: what it was sent and has not answered. It works on that strictly in order. */
export class Lane {
  /** From 0; the first is the one that changes models. */
  readonly engine: number
  /** When it last took a batch or answered. */
  progressAt = 0
  readonly #sent = new Map<number, Pending>()
  /** The last call of each message that was sent and is not answered. */
  readonly #lasts: number[] = []
  #notices: Pending[] = []
  #unavailable: (() => Error) | undefined

  constructor (engine: number) { this.engine = engine }

  /** Calls that were sent, and notices that are about to be. */
  get size (): number { return this.#sent.size + this.#notices.length }
  get isOpen (): boolean { return this.#unavailable === undefined }
  get isFree (): boolean { return this.isOpen && this.#sent.size === 0 }
  /** It works on one message, and has no other to go on with. */
  get hasNothingAhead (): boolean { return this.isOpen && this.#lasts.length === 1 }
  /** What it works on. */
  get oldest (): Pending | undefined { return this.#sent.values().next().value }
  /** The error for calls while it is not there. */
  get error (): Error | undefined { return this.#unavailable?.() }

  open (): void { this.#unavailable = undefined }

  /** It is gone; gives what it had. */
  close (error: () => Error): Pending[] {
    this.#unavailable = error
    const lost = [...this.#sent.values(), ...this.#notices]
    this.#sent.clear()
    this.#lasts.length = 0
    this.#notices = []
    return lost
  }

  /** Has something leave before any other call. */
  notice (pending: Pending): void { this.#notices.push(pending) }

  takeNotices (): Pending[] { return this.#notices.splice(0) }

  send (batch: readonly Pending[], now: number): void {
    if (this.#sent.size === 0) this.progressAt = now
    for (const pending of batch) this.#sent.set(pending.id, pending)
    const last = batch.at(-1)
    if (last !== undefined) this.#lasts.push(last.id)
  }

  /** Takes back what was sent under this number. */
  take (id: number): Pending | undefined {
    const pending = this.#sent.get(id)
    this.#sent.delete(id)
    const index = this.#lasts.indexOf(id)
    if (index !== -1) this.#lasts.splice(index, 1)
    return pending
  }

  [Symbol.iterator] (): IterableIterator<Pending> { return this.#sent.values() }
}
