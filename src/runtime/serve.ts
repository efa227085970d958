import { inspect } from 'node:util'
import { attach, DEVICE_FAILED, toWire, type Answer, type Channel, type Request } from '../engine/channel.ts'
import { BlockserveError, problem } from '../errors.ts'
import { Pace } from './pace.ts'

/** Runs several commands at once. How many of the first may be joined, and their outputs in order; when it throws, each is run alone. */
export interface Joiner {
  joinable (requests: readonly Request[]): number
  run (requests: readonly Request[]): readonly unknown[]
}

/** Runs one command: its output, or a promise of it; throws the command's error. */
export type Handle = (request: Request) => unknown

/** Told of every error that is not of the table, or that ends this process, with the request that met it. */
export type LogError = (error: unknown, request: Request) => void

export interface ServeOptions {
  readonly logError?: LogError
  readonly joiner?: Joiner
  /** Whether an output tells that its model is another now. */
  readonly changes?: (output: unknown) => boolean
  /** Waited for before the process exits. */
  readonly finish?: () => Promise<void> | void
}

/** A finished answer leaves at most this much later, so that it does not wait for a slow one behind it. */
const FLUSH_MS = 2

/**
 * Makes this process the engine: says `hello`, then runs each request strictly after the one before. The answers of a batch leave in one
 * write, unless some would have to wait. Exits with 0 when the front closes the channel or dies: the command at work is finished, the
 * rest is dropped. SIGINT and SIGTERM are left to the front. When the device has failed, the request that met it is answered, the rest
 * is dropped, and the process exits with `DEVICE_FAILED`: another one can compute.
 */
export function serve (handle: Handle, hello: unknown, options: ServeOptions = {}): void {
  const { logError = toStderr, joiner = NEVER, changes = () => false, finish = () => {} } = options
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})
  new Server(handle, { logError, joiner, changes, finish }).greet(hello)
}

/** In place of `serve`: tells the front why this engine cannot start, and exits with 1. */
export function serveFailure (error: unknown): void {
  const channel = attach({ onBatch: () => {}, onClose: () => {} })
  channel.send([{ failed: toWire(error) }], refuse)
  channel.close(() => { process.exit(1) })
}

const NEVER: Joiner = { joinable: () => 1, run: () => [] }

function toStderr (error: unknown, { operation, model }: Request): void {
  process.stderr.write(`${operation} of ${model ?? 'no model'}: ${inspect(error)}\n`)
}

/** A fault of this file ends the process loudly. */
const crash = (error: unknown): void => { setImmediate(() => { throw error }) }

/** Whether an error means that this process can compute no more. */
const hasEnded = (error: unknown): boolean => error instanceof BlockserveError && error.code === 'device_failed'

const refuse = (_message: unknown, error: unknown): never => { throw error }

class Server {
  readonly #handle: Handle
  readonly #logError: LogError
  readonly #joiner: Joiner
  readonly #changes: Required<ServeOptions>['changes']
  readonly #finishProcess: Required<ServeOptions>['finish']
  readonly #channel: Channel
  readonly #pace = new Pace()
  #requests: Request[] = []
  #answers: Array<{ readonly answer: Answer, readonly request: Request }> = []
  #oldestAnswerAt = 0
  #working = false
  #closing = false
  #exitCode = 0

  constructor (handle: Handle, { logError, joiner, changes, finish }: Required<ServeOptions>) {
    this.#handle = handle
    this.#logError = logError
    this.#joiner = joiner
    this.#changes = changes
    this.#finishProcess = finish
    this.#channel = attach({
      onBatch: messages => { this.#receive(messages as Request[]) },
      onClose: () => { this.#close() }
    })
  }

  greet (hello: unknown): void { this.#channel.send([{ hello }], refuse) }

  #receive (requests: Request[]): void {
    this.#requests.push(...requests)
    if (!this.#working) this.#work().catch(crash)
  }

  /** Without promises among the outputs this runs to its end in one turn. */
  async #work (): Promise<void> {
    this.#working = true
    while (this.#requests.length > 0) {
      const requests = this.#requests
      this.#requests = []
      for (let next = 0; next < requests.length && !this.#closing;) {
        const joined = this.#joined(requests.slice(next))
        next += joined
        if (joined > 0) continue
        const request = requests[next++] as Request
        const answer = this.#begin(request)
        this.#finish(request, answer instanceof Promise ? await this.#wait(answer) : answer)
      }
    }
    this.#flush()
    this.#working = false
    if (this.#closing) this.#exit()
  }

  /** How many of the requests were answered together: 0 when they cannot be joined, or when together they fail. */
  #joined (requests: readonly Request[]): number {
    const now = Date.now()
    const alive = requests.findIndex(request => now >= request.deadline)
    const group = requests.slice(0, this.#joiner.joinable(alive === -1 ? requests : requests.slice(0, alive)))
    if (group.length < 2) return 0
    try {
      const from = performance.now()
      const outputs = this.#joiner.run(group)
      const us = Math.round((performance.now() - from) * 1000 / group.length)
      outputs.forEach((output, i) => {
        const request = group[i] as Request
        this.#finish(request, { id: request.id, output, us })
      })
      return group.length
    } catch (error) {
      if (hasEnded(error)) return this.#answerAll(group, error)
      if (!(error instanceof BlockserveError)) this.#logError(error, group[0] as Request)
      return 0
    }
  }

  #answerAll (requests: readonly Request[], error: unknown): number {
    for (const request of requests) this.#finish(request, this.#failed(request, error))
    return requests.length
  }

  #begin (request: Request): Answer | Promise<Answer> {
    if (Date.now() >= request.deadline) return { id: request.id, expired: true }
    if (performance.now() + this.#pace.expected(request) - this.#oldestAnswerAt > FLUSH_MS) this.#flush()
    const from = performance.now()
    const timed = (answer: Answer): Answer => {
      const ms = performance.now() - from
      this.#pace.note(request, ms)
      return { ...answer, us: Math.round(ms * 1000) } as Answer
    }
    const answer = this.#run(request)
    return answer instanceof Promise ? answer.then(timed) : timed(answer)
  }

  #run (request: Request): Answer | Promise<Answer> {
    try {
      const output = this.#handle(request)
      if (!(output instanceof Promise)) return this.#answer(request, output)
      return output.then(output => this.#answer(request, output), (error: unknown) => this.#failed(request, error))
    } catch (error) {
      return this.#failed(request, error)
    }
  }

  #answer ({ id }: Request, output: unknown): Answer {
    return this.#changes(output) ? { id, output, changed: true } : { id, output }
  }

  #failed (request: Request, error: unknown): Answer {
    if (!(error instanceof BlockserveError) || error.code === 'internal') this.#logError(error, request)
    if (hasEnded(error)) this.#end(request, error)
    return { id: request.id, error: toWire(error) }
  }

  #end (request: Request, error: unknown): void {
    if (this.#exitCode === 0) this.#logError(error, request)
    this.#exitCode = DEVICE_FAILED
    this.#closing = true
  }

  #wait (answer: Promise<Answer>): Promise<Answer> {
    this.#flush()
    return answer
  }

  #finish (request: Request, answer: Answer): void {
    if (this.#answers.length === 0) this.#oldestAnswerAt = performance.now()
    this.#answers.push({ answer, request })
  }

  #flush (): void {
    const finished = this.#answers
    this.#answers = []
    this.#channel.send(finished.map(({ answer }) => answer), (unsendable, error) => {
      const request = finished.find(({ answer }) => answer === unsendable)?.request as Request
      this.#channel.send([this.#failed(request, problem('internal', {}, { cause: error }))], refuse)
    })
  }

  #close (): void {
    this.#closing = true
    if (!this.#working) this.#exit()
  }

  #exit (): void {
    this.#channel.close(() => { this.#leave().catch(crash) })
  }

  async #leave (): Promise<void> {
    await this.#finishProcess()
    process.exit(this.#exitCode)
  }
}
