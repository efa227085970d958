/** Runs another program to its end. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface Outcome {
  /** Exit status; null when it could not be started or was ended by a signal. */
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env: NodeJS.ProcessEnv
  /** Ends the program; the run then rejects. */
  readonly signal?: AbortSignal
  /** Is told every line of the program's standard output as it comes. */
  readonly onLine?: (line: string) => void
}

/** A program and its first arguments, such as `python3 -m pip`. */
export type Command = readonly string[]

/**
 * A program that does not exist is an outcome; only an abort rejects. It gets a process group of its own: what is called python3 or g++
 * may be a script, whose children are to end with it.
 */
export async function runTool ([program = '', ...first]: Command, args: readonly string[], { env, signal, onLine }: RunOptions): Promise<Outcome> {
  signal?.throwIfAborted()
  const child = spawn(program, [...first, ...args], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const stop = (): void => { if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid) }
  signal?.addEventListener('abort', stop)
  const [lines, errors] = [[] as string[], [] as string[]]
  const text = (chunks: string[]): string => chunks.join('\n')
  createInterface({ input: child.stdout }).on('line', line => { lines.push(line); onLine?.(line) })
  createInterface({ input: child.stderr }).on('line', line => { errors.push(line) })
  return await new Promise((resolve, reject) => {
    child.once('error', ({ message }) => { resolve({ status: null, stdout: '', stderr: message }) })
    child.once('close', status => {
      signal?.removeEventListener('abort', stop)
      if (signal?.aborted === true) reject(signal.reason)
      else resolve({ status, stdout: text(lines), stderr: text(errors) })
    })
  })
}

export const works = async (command: Command, env: NodeJS.ProcessEnv): Promise<boolean> => (await runTool(command, ['--version'], { env })).status === 0
