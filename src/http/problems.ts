/** Errors as RFC 9457 documents. */
import { BlockserveError, problem } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'
import { ERRORS_URL } from './openapi/errors-page.ts'

export interface ProblemDocument {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly remedy: string
  readonly instance: string
  readonly code: ErrorCode
  readonly errors?: readonly { pointer: string, message: string }[]
}

export const PROBLEM_TYPE = 'application/problem+json'

const titleOf = (code: ErrorCode): string => (code[0]!.toUpperCase() + code.slice(1)).replaceAll('_', ' ')

/** The document of an error, for the request with this id. */
export function problemDocument (error: BlockserveError, requestId: string): ProblemDocument {
  const { code, status, message, remedy, mistakes } = error
  return {
    type: `${ERRORS_URL}#${code}`,
    title: titleOf(code),
    status,
    detail: message,
    remedy,
    instance: requestId,
    code,
    ...mistakes.length > 0 && { errors: mistakes.map(({ pointer, message }) => ({ pointer, message })) }
  }
}

/** Headers of the response beside its type: Retry-After where trying again may help. */
export function problemHeaders ({ status, retryAfter }: BlockserveError): Record<string, string> {
  const seconds = retryAfter ?? (status === 503 ? 1 : undefined)
  return seconds === undefined ? {} : { 'retry-after': String(Math.ceil(seconds)) }
}

export interface FrameworkError { readonly code?: string, readonly statusCode?: number, readonly message: string }

/** Any error as one of the table: Fastify's own are translated, what nobody expected becomes `internal`. */
export function toBlockserveError (
  error: unknown, { contentType, bodyLimit }: { contentType?: string | undefined, bodyLimit: number }
): BlockserveError {
  if (error instanceof BlockserveError) return error
  const { code, statusCode = 500, message } = error as FrameworkError
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE': return problem('body_too_large', { limit: bodyLimit })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE': return problem('unsupported_media_type', {
      received: contentType?.slice(0, 100) ?? '', expected: 'application/json, or application/octet-stream where a file is taken'
    })
    case 'FST_ERR_BAD_URL': return problem('malformed_http', { detail: 'the URL is not percent-encoded UTF-8' })
    case 'FST_ERR_MAX_PARAM_LENGTH': return problem('validation_failed', { detail: 'a part of the path is longer than 1024 characters' })
    default: return statusCode < 500 ? problem('malformed_http', { detail: message }) : problem('internal', {}, { cause: error })
  }
}
