/** The Open Inference Protocol over gRPC, with the standard health service and reflection. */
import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js'
import { ReflectionService } from '@grpc/reflection'
import { HealthImplementation } from 'grpc-health-check'
import type { Config } from '../config.ts'
import type { EngineState } from '../operations/schemas/runtime.ts'
import { problem } from '../errors.ts'
import { answering, type GrpcLog } from './answering.ts'
import { loadDefinition, SERVICE, serviceIn } from './definition.ts'
import { METHODS, type Served } from './methods.ts'

export interface GrpcOptions extends Omit<Served, 'config'> {
  readonly config: Pick<Config, 'host' | 'maxBodyBytes' | 'requestTimeoutMs' | 'maxElements'>
  readonly port: number
  readonly log: GrpcLog
}

export interface GrpcServer {
  /** Takes no new calls, finishes those on their way, and after `ms` ends what is left. */
  stop: (ms: number) => Promise<void>
}

/** Room for the members of a message beside the elements of its tensors. */
const MESSAGE_BYTES = 65_536

/** Listens on `port`. Throws `address_unusable`. */
export async function startGrpc (options: GrpcOptions): Promise<GrpcServer> {
  const { config, port, log, state } = options
  const most = config.maxBodyBytes + MESSAGE_BYTES
  const server = new Server({ 'grpc.max_receive_message_length': most, 'grpc.max_send_message_length': -1 })
  const definition = loadDefinition()
  let stopping = false
  const methods = Object.entries(METHODS).map(([name, method]) => [name, answering(name, method, options, () => stopping)])
  server.addService(serviceIn(definition), Object.fromEntries(methods) as UntypedServiceImplementation)
  const health = new HealthImplementation({ '': 'SERVING', [SERVICE]: 'SERVING' })
  health.addToServer(server)
  const watch = watchHealth(health, state)
  new ReflectionService(definition).addToServer(server)
  try {
    await bind(server, `${config.host}:${port}`)
  } catch (cause) {
    clearInterval(watch)
    server.forceShutdown()
    throw problem('address_unusable', { host: config.host, port, detail: (cause as Error).message }, { cause })
  }
  log.info({ port }, `gRPC listening at ${config.host}:${port}`)
  return {
    stop: async ms => {
      stopping = true
      clearInterval(watch)
      health.setStatus('', 'NOT_SERVING')
      health.setStatus(SERVICE, 'NOT_SERVING')
      await shutdown(server, ms)
    }
  }
}

const HEALTH_MS = 500

/** The health service is told, it does not ask. */
function watchHealth (health: HealthImplementation, state: () => EngineState): NodeJS.Timeout {
  return setInterval(() => {
    for (const service of ['', SERVICE]) health.setStatus(service, state() === 'ready' ? 'SERVING' : 'NOT_SERVING')
  }, HEALTH_MS).unref()
}

const bind = (server: Server, address: string): Promise<void> => new Promise((resolve, reject) => {
  server.bindAsync(address, ServerCredentials.createInsecure(), error => { if (error === null) resolve(); else reject(error) })
})

const shutdown = (server: Server, ms: number): Promise<void> => new Promise(resolve => {
  const force = setTimeout(() => {
    server.forceShutdown()
    resolve()
  }, ms)
  server.tryShutdown(() => {
    clearTimeout(force)
    resolve()
  })
})
