import type { Answer } from './messages.ts'
import { problem } from '../errors.ts'
import { systemClock, type Clock } from './clock.ts'
import type { Call } from './pending.ts'
import { Scheduler } from './scheduler.ts'
import { Supervisor, type EngineLog, type SupervisorOptions, type SupervisorStatus } from './supervisor.ts'

export type { Call } from './pending.ts'
export type { EngineLog, EngineState } from './supervisor.ts'

export interface EngineOptions {
  /** The module the engine process runs; it must call `serve`. */
  readonly entry: URL
  /** Given to the engine as JSON, its only argument. */
  readonly config: unknown
  readonly log: EngineLog
  /** Flags of Node for the engine process. */
  readonly execArgv?: readonly string[]
  /** Run whenever an engine process was started. */
  readonly afterSpawn?: () => void
  /** How many calls may wait for one model (default 1000). */
  readonly queueLimit?: number
  /** How many calls leave together (default 32). */
  readonly largestBatch?: number
  /** Milliseconds a call may hold the engine past its deadline before the process is killed (default 5000). */
  readonly graceMs?: number
  /** Milliseconds an engine may take to become ready (default 120000). */
  readonly startMs?: number
  /** Milliseconds for finishing calls, and again for the process to exit, when the engine is stopped (default 10000). */
  readonly stopMs?: number
  /** Back-off between restarts (default 100 ms, doubling to 10 s). */
  readonly backoff?: SupervisorOptions['backoff']
  /** Milliseconds of good running after which back-off begins anew (default 60000). */
  readonly soundMs?: number
  readonly clock?: Clock
  readonly random?: () => number
}

export interface EngineStatus extends SupervisorStatus {
  /** Calls that wait, in all and per model ('' for those that concern none). */
  readonly waiting: number
  readonly waiting_by_model: Readonly<Record<string, number>>
  /** Calls the engine has and has not answered. */
  readonly sent: number
}

/** The engine as the rest of the server sees it. */
export interface Engine {
  /** Runs a command; see `Scheduler.call` for what it rejects with. 503 errors carry `retryAfter`, in seconds. */
  call: (call: Call) => Promise<unknown>
  status: () => EngineStatus
  /** Refuses new calls, finishes those on their way, ends the process. Resolves when it is gone; may be called again. */
  stop: () => Promise<void>
}

const DEFAULTS = {
  execArgv: [],
  afterSpawn: () => {},
  queueLimit: 1000,
  largestBatch: 32,
  graceMs: 5000,
  startMs: 120_000,
  stopMs: 10_000,
  soundMs: 60_000,
  backoff: { firstMs: 100, mostMs: 10_000 },
  clock: systemClock,
  random: Math.random
} as const

/** Starts an engine process and resolves when it is ready. Rejects when it cannot start, with the error the engine gave if it gave one. */
export async function startEngine (given: EngineOptions): Promise<Engine> {
  const options = { ...DEFAULTS, ...given }
  const scheduler = new Scheduler({
    ...options,
    send: (batch, refuse) => { supervisor.send(batch, (request, error) => { refuse(request as typeof batch[number], error) }) },
    onHang: ({ operation, model }) => {
      options.log.error({ operation, model }, 'engine does not answer')
      supervisor.kill(`${operation} held it ${options.graceMs} ms past its deadline`)
    }
  })
  const supervisor = new Supervisor(options, {
    onReady: () => { if (stopping === undefined) scheduler.open() },
    onBatch: answers => { scheduler.receive(answers as Answer[]) },
    onDown: () => { scheduler.close(stopping === undefined ? restarting : stoppingError) }
  })
  let stopping: Promise<void> | undefined
  await supervisor.start()
  return {
    call: call => scheduler.call(call),
    status: () => ({ ...supervisor.status, waiting: scheduler.waiting, waiting_by_model: byModel(scheduler), sent: scheduler.sent }),
    stop: () => {
      stopping ??= stop(scheduler, supervisor, options)
      return stopping
    }
  }
}

const restarting = (): Error => problem('engine_unavailable', { state: 'restarting' }, { retryAfter: 1 })
const stoppingError = (): Error => problem('shutting_down', {}, { retryAfter: 1 })

async function stop (scheduler: Scheduler, supervisor: Supervisor, { clock, stopMs }: { clock: Clock, stopMs: number }): Promise<void> {
  let cancel: (() => void) | undefined
  const timeUp = new Promise<void>(resolve => { cancel = clock.after(stopMs, resolve) })
  await Promise.race([scheduler.drain(stoppingError), timeUp])
  cancel?.()
  await supervisor.stop()
}

function byModel (scheduler: Scheduler): Record<string, number> {
  return Object.fromEntries([...scheduler.waitingByModel].map(([model, count]) => [model ?? '', count]))
}
