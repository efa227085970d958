/** The Open Inference Protocol over gRPC, with the standard health service and reflection. */
import { setTimeout } from 'node:timers/promises'
import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js'
import { ReflectionService } from '@grpc/reflection'
import type { Config } from '../config.ts'
import { problem } from '../errors.ts'
import { answering, type GrpcLog } from './answering.ts'
import { Arrivals } from './arrivals.ts'
import { loadDefinition, serviceIn } from './definition.ts'
import { InFlight } from './in-flight.ts'
import { METHODS, type Served } from './methods.ts'
import { shortStatus } from './short-status.ts'
import { WatchedHealth } from './watched-health.ts'

export interface GrpcOptions extends Omit<Served, 'config'> {
  readonly config: Pick<Config, 'host' | 'maxBodyBytes' | 'requestTimeoutMs' | 'maxElements'>
  readonly port: number
  readonly log: GrpcLog
}

export interface GrpcServer {
  /** Takes no new calls, ends those without a message, finishes those on their way, and after `ms` ends what is left. */
  stop: (ms: number) => Promise<void>
}

/** Room for the members of a message beside the elements of its tensors. */
const MESSAGE_BYTES = 65_536

/** For the last answers to leave. */
const FAREWELL_MS = 500

/** Listens on `port`. Throws `grpc_address_unusable`. */
export async function startGrpc (options: GrpcOptions): Promise<GrpcServer> {
  const { config: { host, maxBodyBytes, requestTimeoutMs }, port, log, state } = options
  const arrivals = new Arrivals(requestTimeoutMs)
  const server = new Server({
    'grpc.max_receive_message_length': maxBodyBytes + MESSAGE_BYTES,
    'grpc.max_send_message_length': -1,
    interceptors: [shortStatus, arrivals.interceptor]
  })
  const definition = loadDefinition()
  const calls = new InFlight()
  let stopping = false
  const methods = Object.entries(METHODS).map(([name, method]) => [name, answering(name, method, options, calls, () => stopping)])
  server.addService(serviceIn(definition), Object.fromEntries(methods) as UntypedServiceImplementation)
  new ReflectionService(definition).addToServer(server)
  const health = new WatchedHealth(state)
  health.addToServer(server)
  try {
    await bind(server, `${host.includes(':') ? `[${host}]` : host}:${port}`)
  } catch (cause) {
    health.end()
    server.forceShutdown()
    throw problem('grpc_address_unusable', { host, port, detail: whyNot(cause as Error) }, { cause })
  }
  log.info({ port }, `gRPC listening at ${host}:${port}`)
  return {
    stop: async ms => {
      stopping = true
      health.end()
      arrivals.end()
      const ended = new Promise<void>(resolve => { server.tryShutdown(() => { resolve() }) })
      await calls.idle(ms)
      // Answers are still on their way; streams of the health service never end by themselves.
      await Promise.race([ended, setTimeout(FAREWELL_MS, undefined, { ref: false })])
      server.forceShutdown()
    }
  }
}

const bind = (server: Server, address: string): Promise<void> => new Promise((resolve, reject) => {
  server.bindAsync(address, ServerCredentials.createInsecure(), error => { if (error === null) resolve(); else reject(error) })
})

const whyNot = ({ message }: Error): string => message.includes('EADDRINUSE') ? 'the port is in use' : message
