import { problem } from '../errors.ts'
import type { Answer, Request } from './messages.ts'
import type { EngineOptions, EngineSetup, EngineStatus } from './options.ts'
import type { Call } from './pending.ts'
import { Scheduler } from './scheduler.ts'
import { Supervisor } from './supervisor.ts'

export type FleetOptions = Required<EngineOptions>

/** The engine processes, each with its supervisor, behind one scheduler. The first that is started alone changes models. */
export class Fleet {
  readonly scheduler: Scheduler
  readonly #options: FleetOptions
  readonly #supervisors: Supervisor[] = []
  #stoppingError: (() => Error) | undefined

  constructor (options: FleetOptions) {
    this.#options = options
    this.scheduler = new Scheduler({
      ...options,
      send: (engine, batch, refuse) => {
        this.#supervisor(engine).send(batch, (request, error) => { refuse(request as Request, error) })
      },
      onHang: (engine, call) => { this.#hung(engine, call) }
    })
  }

  get status (): EngineStatus {
    const { scheduler } = this
    const engines = this.#supervisors.map(({ status }, engine) => ({ ...status, sent: scheduler.sentTo(engine) }))
    const waiting_by_model = Object.fromEntries([...scheduler.waitingByModel].map(([model, count]) => [model ?? '', count]))
    return { ...this.#supervisor(0).status, waiting: scheduler.waiting, waiting_by_model, sent: scheduler.sent, engines }
  }

  /** Starts one more engine; resolves with what it told about itself when it is ready. */
  async start ({ config, env }: EngineSetup): Promise<unknown> {
    const engine = this.scheduler.add(starting)
    const supervisor = new Supervisor({ ...this.#options, config, env, engine }, {
      onReady: () => { if (this.#stoppingError === undefined) this.scheduler.open(engine) },
      onBatch: answers => { this.scheduler.receive(engine, answers as Answer[]) },
      onDown: () => { this.scheduler.close(engine, this.#stoppingError ?? restarting) }
    })
    this.#supervisors.push(supervisor)
    await supervisor.start()
    return supervisor.status.info
  }

  /** Calls reject with a fresh `error()` from now on. Calls on their way, and then the processes, have `stopMs` to end. */
  async stop (error: () => Error, stopMs: number): Promise<void> {
    this.#stoppingError = error
    const { clock } = this.#options
    let cancel: (() => void) | undefined
    const timeUp = new Promise<void>(resolve => { cancel = clock.after(stopMs, resolve) })
    await Promise.race([this.scheduler.drain(error), timeUp])
    cancel?.()
    await Promise.all(this.#supervisors.map(supervisor => supervisor.stop(stopMs)))
  }

  #supervisor (engine: number): Supervisor { return this.#supervisors[engine] as Supervisor }

  #hung (engine: number, { operation, model }: Call): void {
    const { log, graceMs } = this.#options
    log.error({ engine, operation, model }, 'engine does not answer')
    this.#supervisor(engine).kill(`${operation} held it ${graceMs} ms past its deadline`)
  }
}

const starting = (): Error => problem('engine_unavailable', { state: 'starting' }, { retryAfter: 1 })
const restarting = (): Error => problem('engine_unavailable', { state: 'restarting' }, { retryAfter: 1 })
