import { problem } from '../errors.ts'
import type { Cancellation } from './cancellation.ts'
import { FIRST_ENGINE, fromWire, type Answer, type OperationKind, type Request } from './messages.ts'

/** A command to run on the engine, and how long it may take. */
export interface Call {
  readonly operation: string
  readonly kind: OperationKind
  readonly model: string | null
  readonly input: unknown
  /** When the request was read, in milliseconds since 1970: what its time is counted from. By default now. */
  readonly arrivedAt?: number | undefined
  /** Milliseconds since 1970; Infinity for none. */
  readonly deadline: number
  /** Tells that nobody waits for the answer any more. */
  readonly signal?: Cancellation | undefined
  /** The engine that must run it. Without one an inference may run on any engine, everything else runs on the first. */
  readonly engine?: number | undefined
  /** Lower is sooner, from 1; 0 is `DEFAULT_PRIORITY`. Only inferences overtake each other, never a change of their model. */
  readonly priority?: number | undefined
  /** Rows of the inference, as batches count them (default 1). */
  readonly rows?: number | undefined
  readonly batching?: Batching | undefined
}

/** How inferences of one model share batches. */
export interface Batching {
  /** Rows of the largest batch. */
  readonly rows: number
  /** Milliseconds that the first inference may wait for others while an engine is free. */
  readonly delayMs: number
}

/** The priority of calls that name none. */
export const DEFAULT_PRIORITY = 100

/** One call on its way: settled exactly once, by its answer, its deadline, its signal or the end of the engine. */
export class Pending {
  readonly id: number
  readonly call: Call
  readonly promise: Promise<unknown>
  readonly began: number
  readonly priority: number
  readonly #onAbort: () => void
  #resolve!: (output: unknown) => void
  #reject!: (error: unknown) => void
  #settled = false
  #engine: number | undefined

  /** `onAbort` is run when the signal of the call fires before it is settled; the promise then rejects with the signal's reason. */
  constructor (id: number, call: Call, began: number, onAbort: (pending: Pending) => void) {
    this.id = id
    this.call = call
    this.began = began
    this.priority = call.priority || DEFAULT_PRIORITY
    this.#engine = call.engine ?? (call.kind === 'infer' ? undefined : FIRST_ENGINE)
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#onAbort = () => {
      this.reject(call.signal?.reason)
      onAbort(this)
    }
    call.signal?.addEventListener('abort', this.#onAbort)
  }

  get settled (): boolean { return this.#settled }

  /** The engine that must run it; undefined when any may. */
  get engine (): number | undefined { return this.#engine }

  /** Whether others may overtake it. */
  get isInference (): boolean { return this.call.kind === 'infer' }

  /** Whether it may change its model, so that it keeps its place among the calls of the model. */
  get isChange (): boolean { return this.#engine === FIRST_ENGINE && this.call.kind !== 'read' }

  /** It turned out that only the first engine can run it. */
  bind (): void { this.#engine = FIRST_ENGINE }

  /** What the engine is told. */
  get request (): Request {
    const { operation, kind, model, input, deadline, batching } = this.call
    return { id: this.id, operation, kind, model, input, deadline, ...batching !== undefined && { most_rows: batching.rows } }
  }

  answer (answer: Answer): void {
    if ('expired' in answer) this.expire()
    else if ('error' in answer) this.reject(fromWire(answer.error))
    else if (this.#settle()) this.#resolve(answer.output)
  }

  expire (): void {
    this.reject(problem('deadline_exceeded', { ms: Math.round(this.call.deadline - (this.call.arrivedAt ?? this.began)) }))
  }

  /** Settles a call whose deadline has passed; false while it has not. */
  expireBy (now: number): boolean {
    if (this.call.deadline > now) return false
    this.expire()
    return true
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
