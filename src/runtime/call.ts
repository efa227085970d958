import type { Request } from '../engine/channel.ts'
import { problem } from '../errors.ts'
import type { EngineAnswer, Envelope } from '../operations/envelope.ts'
import type { Transaction } from '../store/interface.ts'
import { fingerprint } from './fingerprint.ts'
import type { LiveModel } from './live-model.ts'
import { decodeValue, encodeValue } from './outcome-body.ts'
import type { Runtime } from './runtime.ts'

/**
 * One request at work in an engine. Handlers change its live model and give an output; the call saves both in one
 * transaction. Handlers that write more than the model call `commit` themselves.
 */
export class Call<Input = unknown> {
  readonly runtime: Runtime
  readonly input: Input
  readonly request: Request
  readonly #envelope: Envelope
  #model: LiveModel | undefined
  #committed = false

  constructor (runtime: Runtime, request: Request) {
    this.runtime = runtime
    this.request = request
    this.#envelope = request.input as Envelope
    this.input = this.#envelope.input as Input
  }

  get committed (): boolean { return this.#committed }

  /** The model the operation is about, when it has one and it still exists. */
  get model (): LiveModel | undefined { return this.#model }
  set model (model: LiveModel | undefined) { this.#model = model }

  /** The model of an operation that always has one. */
  get live (): LiveModel {
    if (this.#model === undefined) throw problem('internal')
    return this.#model
  }

  /** Refuses a change of a model that is not at the revision the client has seen. Throws `precondition_failed`. */
  checkRevision (model: string, actual: number): void {
    const { if_match: expected } = this.#envelope
    if (expected === undefined || expected === '*' || expected === actual) return
    throw problem('precondition_failed', { model, actual, expected })
  }

  /** What custom code printed and warned since the request began, for the answer. */
  takeRemarks (): { messages?: string[], warnings?: string[] } {
    const { messages, warnings } = this.live
    return { ...(messages.length > 0 && { messages: messages.splice(0) }), ...(warnings.length > 0 && { warnings: warnings.splice(0) }) }
  }

  /** Runs `change` and saves the model, all on disk when this returns. Gives what `change` returns. Throws `first_engine_only`. */
  commit<Output> (change: (tx: Transaction) => Output): Output {
    return this.commitThen(change, output => output)
  }

  /** As `commit`, with an output that is made after the model was saved. */
  commitThen<Changed, Output> (change: (tx: Transaction) => Changed, answer: (changed: Changed) => Output): Output {
    const { writer } = this.runtime
    if (writer === undefined) throw problem('first_engine_only', { model: this.request.model ?? '' })
    this.#committed = true
    return writer.transact(tx => {
      const changed = change(tx)
      this.#model?.save(tx, new Date().toISOString())
      const output = answer(changed)
      this.#putOutcome(tx, output)
      return output
    })
  }

  answer (output: unknown): EngineAnswer {
    return { output, revision: this.#model?.revision, ...this.#committed && { changed: true } }
  }

  /** The answer given before to the same request with this idempotency key. Throws `idempotency_conflict`. */
  earlierAnswer (): EngineAnswer | undefined {
    const { idempotency_key: key } = this.#envelope
    const outcome = key === undefined ? undefined : this.runtime.store.outcome(key)
    if (outcome === undefined) return undefined
    if (outcome.fingerprint !== this.#fingerprint()) throw problem('idempotency_conflict', { key })
    return decodeValue(outcome.body) as EngineAnswer
  }

  #putOutcome (tx: Transaction, output: unknown): void {
    const { idempotency_key: key } = this.#envelope
    if (key === undefined) return
    const body = encodeValue(this.answer(output))
    tx.putOutcome(key, { fingerprint: this.#fingerprint(), status: 200, body, at: new Date().toISOString() })
  }

  #fingerprint (): string {
    const { operation, model } = this.request
    return fingerprint({ operation, model, input: this.input })
  }
}
