/** Which engine processes there are, and what each is told. */
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { Config } from './config.ts'
import type { EngineSetup, Environment } from './engine/engine.ts'
import type { EngineHello } from './operations/hello.ts'
import type { EngineConfig } from './runtime/engine-config.ts'

const BACKENDS = { auto: 'auto', cuda: 'native-gpu', native: 'native-cpu', wasm: 'wasm' } as const

/** The front and the clients need processors, too. */
const CORES_PER_ENGINE = 2

/** The engine that changes models. */
export const firstEngine = (config: Config, env: Environment): EngineSetup => ({ config: engineConfig(config, 0), env })

/**
 * The engines beside the first, on the backend that the first has found: on GPUs one for each that may be used, on processors as many as
 * the setting says, or one for every two cores.
 */
export function otherEngines (config: Config, environment: Environment, { backend, gpus }: Pick<EngineHello, 'backend' | 'gpus'>): EngineSetup[] {
  const wanted = countOf(config)
  if (backend !== 'native-gpu') return setups(config, backend, wanted, () => environment)
  const count = config.engines === 'auto' ? gpus.length : Math.min(wanted, gpus.length)
  return setups(config, backend, count, engine => ({ ...environment, CUDA_VISIBLE_DEVICES: gpus[engine] as string }))
}

function setups (
  config: Config, backend: EngineHello['backend'], count: number, env: (engine: number) => Environment
): EngineSetup[] {
  const others = Array.from({ length: Math.max(0, count - 1) }, (_, i) => i + 1)
  return others.map(engine => ({ config: { ...engineConfig(config, engine), backend }, env: env(engine) }))
}

const countOf = ({ engines }: Config): number =>
  engines === 'auto' ? Math.max(1, Math.floor(availableParallelism() / CORES_PER_ENGINE)) : Number(engines)

function engineConfig (config: Config, engine: number): EngineConfig {
  return {
    engine,
    engines: countOf(config),
    data: resolve(config.data),
    models: config.models === '' ? '' : resolve(config.models),
    backend: BACKENDS[config.backend],
    native: config.native === '' ? '' : resolve(config.native),
    threads: config.threads === 'auto' ? null : Number(config.threads),
    limits: {
      models: config.maxModels, parameterBytes: config.maxParameterBytes, versionBytes: config.maxVersionBytes, elements: config.maxElements
    },
    log_level: config.logLevel
  }
}
