import type { ChildProcess } from 'node:child_process'
import type { BlockserveError } from '../errors.ts'
import { connect, spawnEngine, type Channel, type Environment } from './channel.ts'
import type { Clock } from './clock.ts'
import { DEVICE_FAILED, fromWire, type Hello } from './messages.ts'

export interface EngineProcessOptions {
  /** The module the engine process runs; it must call `serve`. */
  readonly entry: URL
  /** Given to the engine as JSON, its only argument. */
  readonly config: unknown
  /** Its environment variables; those of this process when left out. */
  readonly env?: Environment | undefined
  readonly execArgv: readonly string[]
  /** Run when the process was started. */
  readonly afterSpawn: () => void
  /** Milliseconds an engine may take to become ready. */
  readonly startMs: number
  readonly clock: Clock
}

export interface EngineProcessListener {
  /** The engine said hello, with what it tells about itself. */
  readonly onReady: (info: unknown) => void
  readonly onBatch: (messages: unknown[]) => void
  /** The process is gone, and everything it had sent was delivered. `startError`: why the engine said that it cannot start. */
  readonly onEnd: (reason: string, startError?: BlockserveError) => void
}

/** One engine process, from its start to its end. */
export class EngineProcess {
  readonly #child: ChildProcess
  readonly #channel: Channel
  readonly #listener: EngineProcessListener
  readonly #clock: Clock
  #cancelTimer: () => void
  #greeted = false
  #ended = false
  #killReason: string | undefined
  #startError: BlockserveError | undefined

  /** Starts the process. Throws what the system says when there can be no process. */
  constructor (options: EngineProcessOptions, listener: EngineProcessListener) {
    this.#listener = listener
    this.#clock = options.clock
    this.#child = spawnEngine(options)
    options.afterSpawn()
    this.#channel = connect(this.#child, {
      onBatch: messages => { this.#receive(messages) },
      onClose: error => { if (error !== undefined) this.kill(`its channel broke (${error.message})`) }
    })
    this.#child.once('error', error => { if (this.pid === undefined) this.#end(error.message) })
    this.#child.once('close', (code, signal) => { this.#end(this.#describe(code, signal)) })
    this.#cancelTimer = this.#clock.after(options.startMs, () => { this.kill(`it was not ready after ${options.startMs} ms`) })
  }

  get pid (): number | undefined { return this.#child.pid }

  send: Channel['send'] = (messages, refuse) => { this.#channel.send(messages, refuse) }

  /** Ends the process at once, whatever it is doing. */
  kill (reason: string): void {
    this.#killReason ??= reason
    this.#child.kill('SIGKILL')
  }

  /** Lets the engine finish what it works on and exit; kills it after `ms`. */
  stop (ms: number): void {
    this.#cancelTimer()
    this.#channel.close()
    this.#cancelTimer = this.#clock.after(ms, () => { this.kill(`it did not stop within ${ms} ms`) })
  }

  #receive (messages: unknown[]): void {
    if (!this.#greeted) this.#greet(messages.shift() as Hello)
    if (messages.length > 0) this.#listener.onBatch(messages)
  }

  #greet (hello: Hello): void {
    if ('failed' in hello) {
      this.#startError = fromWire(hello.failed)
      return
    }
    this.#greeted = true
    this.#cancelTimer()
    this.#listener.onReady(hello.hello)
  }

  #describe (code: number | null, signal: NodeJS.Signals | null): string {
    if (signal === 'SIGKILL' && this.#killReason !== undefined) return `it was killed because ${this.#killReason}`
    if (this.#startError !== undefined) return this.#startError.message
    if (code === DEVICE_FAILED) return 'its device failed'
    return signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`
  }

  #end (reason: string): void {
    if (this.#ended) return
    this.#ended = true
    this.#cancelTimer()
    this.#listener.onEnd(reason, this.#startError)
  }
}
