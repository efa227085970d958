/** A gRPC server on a fake data plane, and a client made from the same definition. */
import { createServer } from 'node:net'
import { credentials, makeClientConstructor, Metadata, type Client, type ServiceError } from '@grpc/grpc-js'
import type { Test } from 'tap'
import { readConfig } from '../../src/config.ts'
import { loadDefinition, serviceIn } from '../../src/grpc/definition.ts'
import { startGrpc, type GrpcServer } from '../../src/grpc/server.ts'
import type { EngineState } from '../../src/operations/schemas/runtime.ts'
import { FakeDataplane } from '../http/fake-dataplane.ts'

interface Options { readonly deadline?: number, readonly metadata?: Metadata }

/** Calls a method; rejects with the status that it ends with. */
export type Ask = <Answer = Record<string, unknown>>(method: string, request: object, options?: Options) => Promise<Answer>

export interface Rig {
  readonly dataplane: FakeDataplane
  readonly server: GrpcServer
  readonly address: string
  readonly ask: Ask
  readonly log: object[]
  /** Begins a call, and gives what cancels it. */
  readonly begin: (method: string, request: object) => { readonly cancel: () => void, readonly ended: Promise<unknown> }
  state: EngineState
}

export async function freePort (): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as { port: number }
  await new Promise(resolve => { server.close(resolve) })
  return port
}

type Done = (error: ServiceError | null, answer: unknown) => void
type Unary = (request: object, metadata: Metadata, options: object, done: Done) => { cancel: () => void }

export function connect (t: Test, address: string): Pick<Rig, 'ask' | 'begin'> {
  const Constructor = makeClientConstructor(serviceIn(loadDefinition()), 'GRPCInferenceService')
  const client = new Constructor(address, credentials.createInsecure()) as Client & Record<string, unknown>
  t.teardown(() => { client.close() })
  const begin: Rig['begin'] = (method, request) => start(client, method, request, {})
  const ask: Ask = (method, request, options = {}) => start(client, method, request, options).ended as Promise<never>
  return { ask, begin }
}

function start (
  client: Client & Record<string, unknown>, method: string, request: object, { deadline = 60_000, metadata = new Metadata() }: Options
): ReturnType<Rig['begin']> {
  let cancel = (): void => {}
  const ended = new Promise((resolve, reject) => {
    const unary = (client[method] as Unary).bind(client)
    const call = unary(request, metadata, { deadline: Date.now() + deadline }, (error, answer) => {
      if (error === null) resolve(answer)
      else reject(error)
    })
    cancel = () => { call.cancel() }
  })
  return { cancel, ended }
}

export async function rig (t: Test, environment: Record<string, string> = {}): Promise<Rig> {
  const dataplane = new FakeDataplane()
  const port = await freePort()
  const log: object[] = []
  const state: { now: EngineState } = { now: 'ready' }
  const write = (details: object, text: string): void => { log.push({ ...details, text }) }
  const server = await startGrpc({
    config: readConfig(environment), port, dataplane, state: () => state.now, log: { info: write, error: write }
  })
  t.teardown(() => server.stop(0))
  const address = `127.0.0.1:${port}`
  return {
    dataplane,
    server,
    address,
    log,
    ...connect(t, address),
    get state () { return state.now },
    set state (now) { state.now = now }
  }
}

/** Lets the data plane answer that a model is ready, once `release` is called after a call has `arrived`. */
export function holdReply ({ dataplane }: Rig): { readonly arrived: Promise<void>, readonly release: () => void } {
  let release = (): void => {}
  let seen = (): void => {}
  const arrived = new Promise<void>(resolve => { seen = resolve })
  dataplane.reply = () => new Promise(resolve => {
    release = () => { resolve({ output: { ready: true } }) }
    seen()
  })
  return { arrived, release: () => { release() } }
}
