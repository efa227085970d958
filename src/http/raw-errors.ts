/** Requests that never become one, or not a whole one: answered on the socket, in the same form as every other error. */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { problem } from '../errors.ts'
import type { BlockserveError } from '../errors.ts'
import { JSON_TYPE } from './oip-errors.ts'
import { PROBLEM_TYPE, problemDocument } from './problems.ts'

interface ClientError { readonly code?: string, readonly message: string }

function describe ({ code, message }: ClientError, timeoutMs: number): BlockserveError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return problem('request_timeout', { ms: timeoutMs })
  if (code === 'HPE_HEADER_OVERFLOW') return problem('headers_too_large')
  return problem('malformed_http', { detail: message.replace(/^Parse Error: /, '') })
}

export interface ClientErrorOptions {
  readonly timeoutMs: number
  /** Whether the request was one of the Open Inference Protocol, as far as it came. */
  readonly isOip: boolean
}

/** Answers a connection whose request cannot be read, and ends it. */
export function answerClientError (error: ClientError, socket: Socket, { timeoutMs, isOip }: ClientErrorOptions): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const described = describe(error, timeoutMs)
  const body = JSON.stringify(isOip ? { error: described.message } : problemDocument(described, 'none'))
  const head = [
    `HTTP/1.1 ${described.status} ${STATUS_CODES[described.status]}`,
    `Content-Type: ${isOip ? JSON_TYPE : `${PROBLEM_TYPE}; charset=utf-8`}`, `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close'
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
