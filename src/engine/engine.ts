import { problem } from '../errors.ts'
import { systemClock } from './clock.ts'
import type { DepartureCounts } from './departures.ts'
import { Fleet, type FleetOptions } from './fleet.ts'
import type { EngineOptions, EngineStatus } from './options.ts'
import type { Call } from './pending.ts'

export type { Environment } from './channel.ts'
export type { Batching, Call } from './pending.ts'
export type { DepartureCounts } from './departures.ts'
export type { EngineOptions, EngineSetup, EngineStatus } from './options.ts'
export type { EngineLog, EngineState } from './supervisor.ts'

/** The engines as the rest of the server sees them. */
export interface Engine {
  /** Runs a command; see `Scheduler.call` for what it rejects with. 503 errors carry `retryAfter`, in seconds. */
  call: (call: Call) => Promise<unknown>
  /** The error of calls of a model, while its queue is full. */
  fullness: (model: string) => Error | undefined
  status: () => EngineStatus
  /** Why the batches of a model left when they did, counted since it was made. */
  departures: (model: string) => DepartureCounts
  /** A model is gone: what was counted for its name is dropped. */
  forget: (model: string) => void
  /** Refuses new calls, finishes those on their way, ends the processes. Resolves when they are gone; may be called again. */
  stop: () => Promise<void>
}

const DEFAULTS = {
  env: undefined,
  execArgv: [],
  afterSpawn: () => {},
  others: () => [],
  signal: new AbortController().signal,
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

/** Starts the engine processes and resolves when they are ready. Rejects when one cannot start, with the error it gave if it gave one. */
export async function startEngine (given: EngineOptions): Promise<Engine> {
  const options = { ...DEFAULTS, ...given }
  const fleet = new Fleet(options)
  let stopping: Promise<void> | undefined
  const stop = (stopMs = options.stopMs): Promise<void> => {
    stopping ??= fleet.stop(() => problem('shutting_down', {}, { retryAfter: 1 }), stopMs)
    return stopping
  }
  await start(fleet, options, stop)
  return {
    call: call => fleet.scheduler.call(call),
    fullness: model => fleet.scheduler.fullness(model),
    status: () => fleet.status,
    departures: model => fleet.scheduler.departures.of(model),
    forget: model => { fleet.scheduler.departures.forget(model) },
    stop: () => stop()
  }
}

async function start (fleet: Fleet, options: FleetOptions, stop: (stopMs?: number) => Promise<void>): Promise<void> {
  const giveUp = (): void => { stop(0).catch(() => {}) }
  options.signal.addEventListener('abort', giveUp)
  try {
    const info = await fleet.start(options)
    await Promise.all(options.others(info).map(setup => fleet.start(setup)))
  } catch (error) {
    await stop()
    throw error
  } finally {
    options.signal.removeEventListener('abort', giveUp)
  }
}
