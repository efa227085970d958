/** Errors of the product as statuses of gRPC. */
import { Metadata, status, type ServiceError } from '@grpc/grpc-js'
import { BlockserveError, problem, type ErrorCode } from '../errors.ts'

/** Codes that say more than their HTTP status. */
const CODES: Readonly<Partial<Record<ErrorCode, status>>> = {
  queue_full: status.RESOURCE_EXHAUSTED,
  request_timeout: status.DEADLINE_EXCEEDED,
  deadline_exceeded: status.DEADLINE_EXCEEDED,
  client_gone: status.CANCELLED
}

const STATUSES: Readonly<Record<number, status>> = {
  404: status.NOT_FOUND,
  409: status.FAILED_PRECONDITION,
  412: status.FAILED_PRECONDITION,
  413: status.RESOURCE_EXHAUSTED,
  500: status.INTERNAL,
  503: status.UNAVAILABLE,
  504: status.DEADLINE_EXCEEDED,
  507: status.RESOURCE_EXHAUSTED
}

/** The table's code goes along as `blockserve-code`, and when to try again as `grpc-retry-pushback-ms`. */
export function serviceError (error: BlockserveError): ServiceError {
  const metadata = new Metadata()
  metadata.set('blockserve-code', error.code)
  if (error.retryAfter !== undefined) metadata.set('grpc-retry-pushback-ms', String(Math.ceil(error.retryAfter * 1000)))
  const code = CODES[error.code] ?? STATUSES[error.status] ?? status.INVALID_ARGUMENT
  return Object.assign(new Error(error.message), { code, details: error.message, metadata })
}

/** What nobody expected becomes `internal`. */
export const known = (error: unknown): BlockserveError => error instanceof BlockserveError ? error : problem('internal', {}, { cause: error })
