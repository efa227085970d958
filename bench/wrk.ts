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
  readonly errors: number
}

/** Posts one JSON body to a URL for some seconds over that many connections. Needs wrk on the PATH. */
export async function post (url: string, bodyFile: string, connections: number, seconds: number): Promise<Load> {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', 'bench/post.lua', url]
  const { stdout } = await run('wrk', args, { env: { ...process.env, BODY_FILE: bodyFile } }).catch((error: unknown) => {
    throw new Error('wrk cannot be run; install it, for instance with: apt-get install wrk', { cause: error })
  })
  const [rate = 0, p50 = 0, p99 = 0, errors = 0] = (/RESULT (.*)/.exec(stdout)?.[1] ?? '').split(' ').map(Number)
  return { rate, p50, p99, errors }
}
