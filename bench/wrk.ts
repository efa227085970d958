import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What one run of wrk measured. */
export interface Load {
  /** Requests per second. */
  readonly rate: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Answers with a status of 400 and more, and requests without an answer. */
  readonly errors: number
  /** All that were answered. */
  readonly requests: number
}

/** The body of a request, in a file. */
export interface Body {
  readonly file: string
  readonly type: string
  /** What Inference-Header-Content-Length says; without it there is no such header. */
  readonly jsonLength?: number
}

/** Posts one body to a URL for some seconds over that many connections. Needs wrk on the PATH. */
export const post = (url: string, body: Body, connections: number, seconds: number): Promise<Load> =>
  load('bench/post.lua', url, connections, seconds, bodyVariables(body))

const bodyVariables = ({ file, type, jsonLength }: Body): Record<string, string> =>
  ({ BODY_FILE: file, BODY_TYPE: type, JSON_LENGTH: jsonLength === undefined ? '' : String(jsonLength) })

/** Runs a script of wrk that ends with a line of results. */
export async function load (
  script: string, url: string, connections: number, seconds: number, variables: Readonly<Record<string, string>>
): Promise<Load> {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, url]
  const { stdout } = await run('wrk', args, { env: { ...process.env, ...variables } }).catch((error: unknown) => {
    throw new Error('wrk cannot be run; install it, for instance with: apt-get install wrk', { cause: error })
  })
  const [rate, p50, p99, errors, requests] = (/RESULT (.*)/.exec(stdout)?.[1] ?? '').split(' ').map(Number)
  if (requests === undefined) throw new Error(`wrk did not end with its results: ${stdout}`)
  return { rate: rate ?? 0, p50: p50 ?? 0, p99: p99 ?? 0, errors: errors ?? 0, requests }
}
