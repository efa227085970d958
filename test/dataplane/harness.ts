/** The front's data plane on a real store, with an engine in the same process that tells what it was asked. */
import type { Test } from 'tap'
import { FrontDataplane } from '../../src/dataplane/front.ts'
import type { RequestContext } from '../../src/dataplane/dataplane.ts'
import type { Engine, EngineStatus } from '../../src/engine/engine.ts'
import type { Call } from '../../src/engine/pending.ts'
import { problem } from '../../src/errors.ts'
import type { EngineHello } from '../../src/operations/hello.ts'
import type { Input, Operation, Output } from '../../src/operations/index.ts'
import { architectureRows } from '../../src/runtime/architectures.ts'
import { dispatch } from '../../src/runtime/dispatch.ts'
import { openBench, type Bench } from '../runtime/harness.ts'

const STATUS: EngineStatus = {
  state: 'ready', reason: null, pid: 42, restarts: 1, started_at: null, waiting: 3, waiting_by_model: {}, sent: 0, info: undefined, engines: []
}

/** Carries commands out at once, unless it is down. */
export class LocalEngine implements Engine {
  readonly calls: Call[] = []
  down = false
  readonly #bench: Bench
  readonly #hello: EngineHello

  constructor (bench: Bench) {
    this.#bench = bench
    const { registry } = bench.runtime
    const blocks = registry.catalogue() as unknown as EngineHello['blocks']
    const rows = architectureRows(registry)
    const failed = [{ module: 'bad.js', reason: 'it threw' }]
    this.#hello = { backend: 'wasm', device: 'CPU', gpus: [], versions: { blockserve: '1' }, backends: [], blocks, initializers: [], architectures: rows, failed }
  }

  readonly call = async (call: Call): Promise<unknown> => {
    this.calls.push(call)
    if (this.down) throw problem('engine_unavailable', { state: 'restarting' }, { retryAfter: 1 })
    return dispatch(this.#bench.runtime, { ...call, id: 1 })
  }

  readonly status = (): EngineStatus => {
    const status: EngineStatus = this.down ? { ...STATUS, state: 'restarting', pid: null } : { ...STATUS, info: this.#hello }
    return { ...status, engines: [status] }
  }

  /** The model whose queue is full. */
  full: string | undefined
  readonly fullness = (model: string): Error | undefined =>
    model === this.full ? problem('queue_full', { model, limit: 1 }, { retryAfter: 1 }) : undefined

  readonly departures = () => ({ full: 0, delay: 0, free: 0, share: 0 })
  readonly forget = (): void => {}

  readonly stop = async (): Promise<void> => {}
}

export class Front {
  readonly bench: Bench
  readonly engine: LocalEngine
  readonly dataplane: FrontDataplane

  constructor (t: Test, { cacheBytes = 1_000_000 } = {}) {
    this.bench = openBench(t)
    this.engine = new LocalEngine(this.bench)
    this.dataplane = new FrontDataplane(this.bench.store, this.engine, { cacheBytes })
  }

  /** The output of an operation, asked as a transport asks. */
  async run<O extends Operation> (operation: O, input: Input<O>, context: Partial<RequestContext> = {}): Promise<Output<O>> {
    return (await this.dataplane.run(operation, input, { ...CONTEXT, ...context })).output
  }

  /** The operations the engine was asked for since the last time. */
  asked (): string[] { return this.engine.calls.splice(0).map(({ operation }) => operation) }
}

export const CONTEXT: RequestContext = { requestId: 'r', deadline: Infinity, signal: new AbortController().signal }
