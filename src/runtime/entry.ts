/** The engine process: opens the backend, the architectures and the store, then serves its channel. */
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import type { Logger } from 'pino'
import { selectBackend, type BackendReport } from '../backend/select.ts'
import { coresOf, suggestedThreads } from '../backend/threads.ts'
import { FIRST_ENGINE } from '../engine/channel.ts'
import { letHeapGrow } from '../heap.ts'
import { createLogger, flushLog } from '../log.ts'
import { init } from '../nn/index.ts'
import { builtinBlocks, type BlockRegistry } from '../nn/registry.ts'
import type { EngineAnswer } from '../operations/envelope.ts'
import type { EngineHello } from '../operations/hello.ts'
import { openStore, type Store } from '../store/store.ts'
import { checkAvailability } from './availability.ts'
import { naming, reporting, type Device, type Run } from './device.ts'
import { dispatch } from './dispatch.ts'
import type { EngineConfig } from './engine-config.ts'
import { following } from './follower.ts'
import { architectureRows } from './architectures.ts'
import { joinable, runJoined } from './joined-forward.ts'
import { LiveModels } from './live-models.ts'
import { loadModules, OWN_MODELS, type LoadedModules } from './modules.ts'
import type { Runtime } from './runtime.ts'
import { serve, serveFailure } from './serve.ts'
import { ThreadWatch } from './thread-watch.ts'
import { largestSavedWork as largestOf } from './work.ts'

const packageOf = createRequire(import.meta.url)

async function start (config: EngineConfig): Promise<void> {
  const log = createLogger(config.log_level, config.engine === FIRST_ENGINE ? 'engine' : `engine ${config.engine}`)
  const { backend, device } = await openDevice(config, log)
  const registry = builtinBlocks()
  const modules = await loadModules(registry, [OWN_MODELS, ...(config.models === '' ? [] : [config.models])])
  for (const failure of modules.failed) log.error(failure, 'module not loaded')
  const opened = config.engine === FIRST_ENGINE ? openToWrite(config.data, registry) : { store: openStore(config.data, { readOnly: true }) }
  const models = new LiveModels(opened.store, registry, config.limits, log)
  const runtime: Runtime = { ...opened, registry, limits: config.limits, log, models }
  const run: Run = request => dispatch(runtime, request)
  const runHere = config.engine === FIRST_ENGINE ? run : following(models, run)
  serve(naming(device, reporting(device, models, runHere)), hello(backend, registry, modules), {
    logError: (error, { operation, model }) => { log.error({ err: error, operation, model }, 'request failed') },
    changes: answer => (answer as EngineAnswer).changed === true,
    joiner: { joinable: requests => joinable(runtime, requests), run: naming(device, requests => runJoined(runtime, requests)) },
    finish: () => flushLog(log)
  })
}

/** The one engine that writes. */
function openToWrite (folder: string, registry: BlockRegistry): { store: Store, writer: Store } {
  const store = openStore(folder, { takeOver: true })
  checkAvailability(store, registry)
  return { store, writer: store }
}

async function openDevice (config: EngineConfig, log: Logger): Promise<{ backend: BackendReport, device: Device }> {
  log.info({ want: config.backend }, 'opening the backend')
  const cores = coresOf(availableParallelism(), config.engines)
  const suggested = suggestedThreads(largestSavedWork(config.data), cores)
  const backend = await selectBackend({
    want: config.backend,
    threads: config.threads ?? undefined,
    suggestedThreads: suggested,
    nativeFolder: config.native === '' ? undefined : config.native
  })
  log.info(summaryOf(backend), 'backend ready')
  const { device: name, gpu, threads } = backend
  const taken = (['native', 'wasm'] as const).find(kind => threads === suggested[kind])
  const watch = new ThreadWatch(threads, taken === undefined ? 0 : cores[taken], (details, text) => { log.warn(details, text) })
  return { backend, device: { name, gpu, threads: watch } }
}

/** What the models need that the store has: the threads of a backend are chosen before it is loaded. */
function largestSavedWork (folder: string): number {
  const store = openStore(folder, { readOnly: true })
  try {
    return largestOf(store)
  } finally {
    store.close()
  }
}

const summaryOf = ({ backend, device, versions, threads, gpu, attempts }: BackendReport): object =>
  ({ backend, device, versions, threads, gpu: gpu?.facts() ?? null, attempts })

function hello (report: BackendReport, registry: BlockRegistry, modules: LoadedModules): EngineHello {
  const { version } = packageOf('blockserve/package.json') as { version: string }
  return {
    backend: report.backend,
    device: report.device,
    gpus: report.gpu?.visible ?? [],
    versions: { blockserve: version, node: process.versions.node, ...report.versions },
    backends: report.attempts,
    blocks: registry.catalogue() as unknown as EngineHello['blocks'],
    initializers: init.initializerDefinitions().map(({ type, summary, aliases, options }) =>
      ({ type, aliases: [...aliases], summary: summary ?? `The initializer ${type}.`, options: options as unknown as EngineHello['initializers'][number]['options'] })),
    architectures: architectureRows(registry),
    failed: modules.failed
  }
}

letHeapGrow()
start(JSON.parse(process.argv[2] ?? '{}') as EngineConfig).catch(serveFailure)
