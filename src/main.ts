/** The process edge: settings, engine, store, HTTP, and a graceful end. Nothing else reads the environment or exits. */
import { resolve } from 'node:path'
import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { buildApp } from './app.ts'
import { isGiven, readConfig, type Config } from './config.ts'
import { FrontDataplane } from './dataplane/front.ts'
import { startEngine, type Engine } from './engine/engine.ts'
import { firstEngine, otherEngines } from './engine-setups.ts'
import { BlockserveError, problem } from './errors.ts'
import { letHeapGrow } from './heap.ts'
import { createLogger, flushLog, neverWaitForReaders } from './log.ts'
import { startGrpc, type GrpcServer } from './grpc/server.ts'
import type { EngineHello } from './operations/hello.ts'
import { openStore } from './store/store.ts'

const ENGINE_ENTRY = new URL('./runtime/entry.js', import.meta.url)

/** A driver compiles TensorFlow's kernels for a GPU it has not seen, once, which takes minutes. */
const CUDA_START_MS = 900_000

const mayUseCuda = ({ backend }: Config): boolean => backend === 'auto' || backend === 'cuda'

type Close = () => Promise<void> | void

async function main (): Promise<void> {
  const config = readConfig(process.env, process.argv.slice(2))
  const logger = createLogger(config.logLevel, 'front')
  const opened: Close[] = []
  const starting = new AbortController()
  closeWithGrace({ delay: config.shutdownTimeoutMs, logger }, async ({ err, signal }) => {
    logger.info({ err, signal }, 'stopping')
    starting.abort()
    for (const close of opened.reverse()) await close()
    await flushLog(logger)
  })
  try {
    await start(config, logger, opened, starting.signal)
  } catch (error) {
    if (!starting.signal.aborted) throw error
  }
}

/** Opens all there is; `opened` is told how to close what was opened so far, in the order of opening. */
async function start (config: Config, logger: Logger, opened: Close[], signal: AbortSignal): Promise<void> {
  const engine = await startEngine({
    entry: ENGINE_ENTRY,
    ...firstEngine(config, process.env),
    others: hello => otherEngines(config, process.env, hello as EngineHello),
    log: logger,
    execArgv: process.execArgv,
    afterSpawn: neverWaitForReaders,
    ...mayUseCuda(config) && { startMs: CUDA_START_MS },
    queueLimit: config.maxQueue,
    largestBatch: config.maxBatch,
    signal
  })
  opened.push(() => engine.stop())
  const store = openStore(resolve(config.data), { readOnly: true })
  opened.push(() => { store.close() })
  const dataplane = new FrontDataplane(store, engine, { cacheBytes: config.maxCacheBytes })
  const app = await buildApp({ config, dataplane, health: () => engine.status(), observe: dataplane.observe, logger })
  const grpc = await listenGrpc({ config, dataplane, engine, logger })
  opened.push(async () => { await Promise.all([app.close(), grpc?.stop(config.shutdownTimeoutMs / 2)]) })
  await listen(app, config)
}

interface Parts { readonly config: Config, readonly dataplane: FrontDataplane, readonly engine: Engine, readonly logger: Logger }

/** A port that was asked for must be free; where the default is taken there is no gRPC. */
async function listenGrpc ({ config, dataplane, engine, logger }: Parts): Promise<GrpcServer | undefined> {
  const { grpcPort: port } = config
  if (port === 0) return undefined
  const isChosen = isGiven('grpcPort', process.env, process.argv.slice(2))
  try {
    if (port === config.port) throw problem('grpc_address_unusable', { host: config.host, port, detail: 'it is the port of HTTP' })
    return await startGrpc({ config, dataplane, port, log: logger, state: () => engine.status().state })
  } catch (error) {
    if (isChosen) throw error
    logger.warn({ port, reason: (error as Error).message }, 'no gRPC, because its default port cannot be used; BLOCKSERVE_GRPC_PORT chooses another')
    return undefined
  }
}

async function listen (app: FastifyInstance, { host, port }: Config): Promise<void> {
  try {
    await app.listen({ host, port })
  } catch (cause) {
    throw problem('address_unusable', { host, port, detail: whyNot(cause) }, { cause })
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use', EACCES: 'this user may not use the port', EADDRNOTAVAIL: 'this machine does not have the address'
}

const whyNot = (cause: unknown): string => REASONS[String((cause as NodeJS.ErrnoException).code)] ?? (cause as Error).message

letHeapGrow()
try {
  await main()
} catch (error) {
  process.stderr.write(`${error instanceof BlockserveError ? `${error.message}\n${error.remedy}` : String((error as Error).stack)}\n`)
  process.exit(1)
}
