import { problem } from '../errors.ts'
import { fromWire, type Answer, type OperationKind, type Request } from './messages.ts'

/** A command to run on the engine, and how long it may take. */
export interface Call {
  readonly operation: string
  readonly kind: OperationKind
  readonly model: string | null
  readonly input: unknown
  /** Milliseconds since 1970; Infinity for none. */
  readonly deadline: number
  /** Tells that nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined
}

/** One call on its way: settled exactly once, by its answer, its deadline, its signal or the end of the engine. */
export class Pending {
  readonly id: number
  readonly call: Call
  readonly promise: Promise<unknown>
  readonly #began: number
  readonly #onAbort: () => void
  #resolve!: (output: unknown) => void
  #reject!: (error: unknown) => void
  #settled = false

  /** `onAbort` is run when the signal of the call fires before it is settled; the promise then rejects with the signal's reason. */
  constructor (id: number, call: Call, began: number, onAbort: (pending: Pending) => void) {
    this.id = id
    this.call = call
    this.#began = began
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#onAbort = () => {
      this.reject(call.signal?.reason)
      onAbort(this)
    }
    call.signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  get settled (): boolean { return this.#settled }

  /** What the engine is told. */
  get request (): Request {
    const { operation, kind, model, input, deadline } = this.call
    return { id: this.id, operation, kind, model, input, deadline }
  }

  answer (answer: Answer): void {
    if ('expired' in answer) this.expire()
    else if ('error' in answer) this.reject(fromWire(answer.error))
    else if (this.#settle()) this.#resolve(answer.output)
  }

  expire (): void {
    this.reject(problem('deadline_exceeded', { ms: Math.round(this.call.deadline - this.#began) }))
  }

  reject (error: unknown): void {
    if (this.#settle()) this.#reject(error)
  }

  #settle (): boolean {
    if (this.#settled) return false
    this.#settled = true
    this.call.signal?.removeEventListener('abort', this.#onAbort)
    return true
  }
}
