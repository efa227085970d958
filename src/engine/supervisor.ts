import { problem, type BlockserveError } from '../errors.ts'
import { backoffMs, type BackoffOptions } from './backoff.ts'
import type { Channel } from './channel.ts'
import type { Clock } from './clock.ts'
import { EngineProcess, type EngineProcessOptions } from './engine-process.ts'

export type EngineState = 'starting' | 'ready' | 'restarting' | 'stopped'

/** The part of a pino logger that is used. */
export interface EngineLog {
  info: (details: object, text: string) => void
  warn: (details: object, text: string) => void
  error: (details: object, text: string) => void
}

export interface SupervisorOptions extends EngineProcessOptions {
  /** Its number, from 0. */
  readonly engine: number
  readonly log: EngineLog
  readonly clock: Clock
  /** A number from 0 to 1, for the jitter of the back-off. */
  readonly random: () => number
  readonly backoff: BackoffOptions
  /** Milliseconds after which a running engine counts as sound, so that back-off begins anew. */
  readonly soundMs: number
}

export interface SupervisorListener {
  readonly onReady: () => void
  readonly onBatch: (messages: unknown[]) => void
  /** The engine is gone, and with it everything it was working on. */
  readonly onDown: () => void
}

/** What is known of the engine process; `info` is what it told about itself when it became ready. */
export interface SupervisorStatus {
  readonly state: EngineState
  /** Why the last process ended; null while all is well. */
  readonly reason: string | null
  readonly pid: number | null
  readonly restarts: number
  /** When the running engine became ready, ISO 8601. */
  readonly started_at: string | null
  readonly info: unknown
}

interface Waiter { readonly resolve: () => void, readonly reject: (error: unknown) => void }

/** Keeps one engine process alive: starts it, restarts it with back-off when it ends, and stops it. */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #listener: SupervisorListener
  #state: EngineState = 'starting'
  #reason: string | null = null
  #process: EngineProcess | undefined
  #info: unknown = null
  #readyAt: number | null = null
  #restarts = 0
  #failures = 0
  #starter: Waiter | undefined
  #stoppers: Array<() => void> = []
  #cancelRestart: (() => void) | undefined

  constructor (options: SupervisorOptions, listener: SupervisorListener) {
    this.#options = options
    this.#listener = listener
  }

  get status (): SupervisorStatus {
    return {
      state: this.#state,
      reason: this.#reason,
      pid: this.#process?.pid ?? null,
      restarts: this.#restarts,
      started_at: this.#readyAt === null ? null : new Date(this.#readyAt).toISOString(),
      info: this.#info
    }
  }

  /** Starts the engine; resolves when it is ready. A first start that fails is not repeated; it rejects with the engine's error. */
  start (): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#starter = { resolve, reject }
      this.#launch()
    })
  }

  send: Channel['send'] = (messages, refuse) => { this.#process?.send(messages, refuse) }

  /** Ends the running process at once; another takes its place. */
  kill (reason: string): void { this.#process?.kill(reason) }

  /** Lets the engine exit by itself, kills it after `ms`; resolves when there is no process any more. */
  stop (ms: number): Promise<void> {
    const stopped = new Promise<void>(resolve => { this.#stoppers.push(resolve) })
    this.#state = 'stopped'
    this.#cancelRestart?.()
    if (this.#process === undefined) this.#tellStopped()
    else this.#process.stop(ms)
    return stopped
  }

  #launch (): void {
    try {
      this.#process = new EngineProcess(this.#options, {
        onReady: info => { this.#ready(info) },
        onBatch: this.#listener.onBatch,
        onEnd: (reason, startError) => { this.#ended(reason, startError) }
      })
    } catch (error) {
      this.#ended(error instanceof Error ? error.message : String(error))
    }
  }

  #ready (info: unknown): void {
    if (this.#state === 'stopped') return
    this.#state = 'ready'
    this.#reason = null
    this.#info = info
    this.#readyAt = this.#options.clock.now()
    this.#options.log.info({ engine: this.#options.engine, pid: this.#process?.pid, restarts: this.#restarts }, 'engine is ready')
    this.#listener.onReady()
    this.#starter?.resolve()
    this.#starter = undefined
  }

  #ended (reason: string, startError?: BlockserveError): void {
    const pid = this.#process?.pid
    const readyAt = this.#readyAt
    this.#process = undefined
    this.#reason = reason
    this.#readyAt = null
    if (this.#state === 'stopped') return this.#exited(pid, reason)
    if (this.#starter !== undefined) return this.#giveUp(reason, startError)
    this.#restartLater(pid, reason, readyAt)
    this.#listener.onDown()
  }

  #exited (pid: number | undefined, reason: string): void {
    this.#options.log.info({ engine: this.#options.engine, pid, reason }, 'engine stopped')
    this.#listener.onDown()
    this.#starter?.reject(problem('shutting_down'))
    this.#tellStopped()
  }

  #giveUp (reason: string, startError?: BlockserveError): void {
    this.#state = 'stopped'
    this.#options.log.error({ engine: this.#options.engine, reason }, 'engine could not start')
    this.#starter?.reject(startError ?? problem('engine_unavailable', { state: `not able to start: ${reason}` }))
    this.#starter = undefined
  }

  #restartLater (pid: number | undefined, reason: string, readyAt: number | null): void {
    const { engine, clock, backoff, random, soundMs, log } = this.#options
    if (readyAt !== null && clock.now() - readyAt >= soundMs) this.#failures = 0
    this.#failures++
    this.#restarts++
    this.#state = 'restarting'
    const restart_in_ms = Math.round(backoffMs(this.#failures, backoff, random))
    log.error({ engine, pid, reason, restart_in_ms }, 'engine ended unexpectedly')
    this.#cancelRestart = clock.after(restart_in_ms, () => { this.#launch() })
  }

  #tellStopped (): void {
    for (const tell of this.#stoppers.splice(0)) tell()
  }
}
