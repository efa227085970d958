/** The error responses of an operation, by status. */
import { STATUS_CODES } from 'node:http'
import { ERRORS } from '../../errors.ts'
import type { ErrorCode } from '../../errors.ts'
import type { Operation } from '../../operations/define.ts'
import { PROBLEM_TYPE } from '../problems.ts'

/** What any request can be answered with. */
const COMMON: readonly ErrorCode[] = [
  'validation_failed', 'malformed_http', 'request_timeout', 'headers_too_large', 'internal', 'engine_unavailable', 'shutting_down', 'deadline_exceeded'
]
/** A body is read before it is known that nobody needs it. */
const WITH_BODY: readonly ErrorCode[] = ['invalid_json', 'body_too_large', 'unsupported_media_type']
/** What a queue and a device answer. */
const COMPUTED: readonly ErrorCode[] = ['queue_full', 'device_out_of_memory', 'device_failed', 'out_of_memory']
const MUTATE: readonly ErrorCode[] = ['idempotency_conflict', 'storage_failed']

const problemContent = { [PROBLEM_TYPE]: { schema: { $ref: 'Problem#' } } }

/** How errors are told: the status of each, and the content of a response. */
interface Form {
  readonly statusOf: (code: ErrorCode) => number
  readonly contentOf: (status: number) => object
}

const PROBLEMS: Form = { statusOf: code => ERRORS[code].status, contentOf: () => problemContent }

/** One response per status, its description naming the codes that have it. */
export function problemResponses ({ kind, errors }: Operation, mayHaveBody: boolean, form = PROBLEMS): Record<string, object> {
  const { statusOf, contentOf } = form
  const codes = [...COMMON, ...mayHaveBody ? WITH_BODY : [], ...kind === 'read' ? [] : COMPUTED, ...kind === 'mutate' ? MUTATE : [], ...errors]
  const distinct = [...new Set(codes)]
  const statuses = [...new Set(distinct.map(statusOf))].sort((a, b) => a - b)
  const having = (status: number): ErrorCode[] => distinct.filter(code => statusOf(code) === status)
  return Object.fromEntries(statuses.map(status => [status, response(status, having(status), contentOf(status))]))
}

function response (status: number, codes: readonly ErrorCode[], content: object): object {
  const retry = { 'Retry-After': { description: 'Seconds after which to try again', schema: { type: 'integer' } } }
  return {
    description: `${STATUS_CODES[status]}: ${codes.join(', ')}`,
    ...status === 503 && { headers: retry },
    content
  }
}
