/** What a call says beside its message. */
import { randomUUID } from 'node:crypto'
import type { ServerUnaryCall } from '@grpc/grpc-js'
import type { Cancellation, RequestContext } from '../dataplane/dataplane.ts'
import { problem } from '../errors.ts'

/** The context of a call that may take `timeoutMs`, and no longer than its own deadline. */
export function contextOf (call: ServerUnaryCall<unknown, unknown>, timeoutMs: number): RequestContext {
  const arrivedAt = Date.now()
  const deadline = Math.min(arrivedAt + timeoutMs, Number(call.getDeadline()))
  return { requestId: requestIdOf(call), arrivedAt, deadline, signal: cancellationOf(call) }
}

const REQUEST_ID = /^[\w.-]{1,64}$/

function requestIdOf (call: ServerUnaryCall<unknown, unknown>): string {
  const [given] = call.metadata.get('x-request-id')
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
}

function cancellationOf (call: ServerUnaryCall<unknown, unknown>): Cancellation {
  return {
    get aborted () { return call.cancelled },
    get reason () { return problem('client_gone') },
    addEventListener: (_type, listener) => { call.once('cancelled', listener) },
    removeEventListener: (_type, listener) => { call.off('cancelled', listener) }
  }
}
