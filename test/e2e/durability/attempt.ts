/** Requests whose server may die at any moment. */
import { UnwantedAnswer, type Answer, type Headers } from '../client.ts'
import type { Server } from '../server.ts'

export type Requests = Pick<Server, 'request'>

/** A client that changes things until the server fails it, and knows what it may find afterwards. */
export interface Mutator {
  readonly name: string
  /** Makes what it works on. */
  prepare (server: Server): Promise<void>
  /** Sends one change after the other; returns when one was not acknowledged. */
  run (server: Requests): Promise<void>
  /** Throws when something acknowledged is missing, or something is half there. What may be either way becomes what is found. */
  verify (server: Server): Promise<void>
  /** How many changes were acknowledged. */
  readonly acknowledged: number
}

const BROKEN = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE'])

/** The answer of an acknowledged request; undefined when it cannot be known whether it was applied. */
export async function attempt<Body> (
  server: Requests, method: string, path: string, body?: unknown, headers?: Headers
): Promise<Answer<Body> | undefined> {
  try {
    const answer = await server.request<Body>(method, path, body, headers)
    if (answer.status < 300) return answer
    if (isEngineDown(answer)) return undefined
    throw new UnwantedAnswer(method, path, answer)
  } catch (error) {
    if (BROKEN.has(String((error as NodeJS.ErrnoException).code))) return undefined
    throw error
  }
}

/** Whether an answer says, as it must, that there is no engine at the moment and when to try again. */
export function isEngineDown ({ status, headers, body }: Answer): boolean {
  return status === 503 && Number(headers['retry-after']) >= 1 && (body as { code: string }).code === 'engine_unavailable'
}

/** Fails the verification unless it holds. */
export function check (holds: boolean, reason: string): asserts holds {
  if (!holds) throw new Error(reason)
}

/** The ETag as a revision. */
export const revisionOf = ({ headers }: Answer): number => Number(String(headers.etag).replaceAll('"', ''))
