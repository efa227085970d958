/** How engines are started, and what is known of them. */
import type { Environment } from './channel.ts'
import type { Clock } from './clock.ts'
import type { SupervisorOptions, SupervisorStatus, EngineLog } from './supervisor.ts'

/** What sets one engine process apart from the others. */
export interface EngineSetup {
  /** Given to the engine as JSON, its only argument. */
  readonly config: unknown
  /** Its environment variables; those of this process when left out. */
  readonly env?: Environment | undefined
}

export interface EngineOptions extends EngineSetup {
  /** The module the engine process runs; it must call `serve`. */
  readonly entry: URL
  /** The engines beside the first, made from what the first told about itself. They run inferences only. */
  readonly others?: (info: unknown) => readonly EngineSetup[]
  readonly log: EngineLog
  /** Gives up the start: the processes are killed, and the start rejects with `shutting_down`. Without effect later. */
  readonly signal?: AbortSignal
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

/** One engine process. */
export interface OneStatus extends SupervisorStatus {
  /** Calls it has and has not answered. */
  readonly sent: number
}

/** All engines: the first, and what they share. */
export interface EngineStatus extends SupervisorStatus {
  /** Calls that wait, in all and per model ('' for those that concern none). */
  readonly waiting: number
  readonly waiting_by_model: Readonly<Record<string, number>>
  /** Calls the engines have and have not answered. */
  readonly sent: number
  readonly engines: readonly OneStatus[]
}
