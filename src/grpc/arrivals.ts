import { ServerInterceptingCall, type ServerInterceptingCallInterface, type ServerInterceptor } from '@grpc/grpc-js'
import { problem } from '../errors.ts'
import { serviceError } from './status.ts'

/**
 * Calls that were opened and whose message is not there yet: no method, and no deadline of a method, has begun. After `ms` they end with
 * DEADLINE_EXCEEDED, as HTTP's requestTimeout ends requests. Of a call that sends a stream the first message counts.
 */
export class Arrivals {
  readonly #ms: number
  readonly #awaited = new Set<ServerInterceptingCallInterface>()

  constructor (ms: number) { this.#ms = ms }

  readonly interceptor: ServerInterceptor = ({ requestStream }, call) => new ServerInterceptingCall(call, {
    start: next => {
      const arrived = this.#await(call)
      next({
        onReceiveMessage: (message, pass) => {
          if (requestStream) arrived()
          pass(message)
        },
        onReceiveHalfClose: pass => {
          arrived()
          pass()
        },
        onCancel: arrived
      })
    }
  })

  /** The server stops: ends what has not arrived. */
  end (): void {
    const status = serviceError(problem('shutting_down', {}, { retryAfter: 1 }))
    for (const call of this.#awaited) call.sendStatus(status)
  }

  /** Gives what is to be told when the message is there. */
  #await (call: ServerInterceptingCallInterface): () => void {
    const arrived = (): void => {
      clearTimeout(timer)
      this.#awaited.delete(call)
    }
    const timer = setTimeout(() => {
      arrived()
      call.sendStatus(serviceError(problem('request_timeout', { ms: this.#ms })))
    }, this.#ms).unref()
    this.#awaited.add(call)
    return arrived
  }
}
