import type { handleUnaryCall } from '@grpc/grpc-js'
import { problem } from '../errors.ts'
import { contextOf } from './context.ts'
import { Malformed } from './definition.ts'
import type { InFlight } from './in-flight.ts'
import type { Method, Served } from './methods.ts'
import { known, serviceError } from './status.ts'

/** The part of a pino logger that is used. */
export interface GrpcLog {
  info: (details: object, text: string) => void
  error: (details: object, text: string) => void
}

/** Answers calls with a method; errors become statuses. A line in the log says how each call went. */
export function answering (
  name: string, method: Method, served: Served & { readonly log: GrpcLog }, calls: InFlight, isStopping: () => boolean
): handleUnaryCall<unknown, object> {
  return (call, callback) => {
    const from = performance.now()
    calls.begin()
    let request: string | undefined
    const answer = async (): Promise<object> => {
      if (isStopping()) throw problem('shutting_down', {}, { retryAfter: 1 })
      if (call.request instanceof Malformed) throw problem('validation_failed', { detail: `the message cannot be read: ${call.request.reason}` })
      return await method(served, call.request as never, timeoutMs => {
        const context = contextOf(call, timeoutMs)
        request = context.requestId
        return context
      })
    }
    const tell = (code: string): void => {
      const { model_name: model, name: named } = call.request as { model_name?: string, name?: string }
      const ms = Math.round((performance.now() - from) * 100) / 100
      calls.end()
      served.log.info({ request, method: name, model: model ?? named, code, ms }, 'call')
    }
    answer().then(message => {
      callback(null, message)
      tell('ok')
    }, (thrown: unknown) => {
      const error = known(thrown)
      if (error.code === 'internal') served.log.error({ err: error.cause ?? error, request, method: name }, 'unexpected error')
      callback(serviceError(error))
      tell(error.code)
    })
  }
}
