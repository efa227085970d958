/** Programs run to their end. */
import { spawn } from 'node:child_process'

export interface Ended {
  /** 128 and the number of the signal where one ended it, as a shell says it. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** Shows what it writes while it runs; `stdout` and `stderr` are empty then. */
  readonly shown?: boolean
  /** In place of this process's environment. */
  readonly env?: NodeJS.ProcessEnv
}

/** Resolves however the program ends; rejects when there is no such program. */
export function run (program: string, args: readonly string[], { shown = false, env }: RunOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: shown ? ['ignore', 2, 2] : ['ignore', 'pipe', 'pipe'] })
    const text = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const) child[stream]?.on('data', chunk => { text[stream] += String(chunk) })
    child.on('error', reject)
    child.on('close', (code, signal) => { resolve({ code: exitCode(code, signal), ...text }) })
  })
}

/** What it printed. Rejects when it fails. */
export async function succeed (program: string, args: readonly string[], options?: RunOptions): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, options)
  if (code !== 0) throw new Error(`${program} ${args.slice(0, 3).join(' ')} … ended with ${code}\n${(stderr || stdout).slice(-3000)}`)
  return stdout.trim()
}

/** Whether it can be run, and runs well. */
export const works = (program: string, args: readonly string[]): Promise<boolean> =>
  run(program, args).then(({ code }) => code === 0, () => false)

const SIGNALS: Readonly<Record<string, number>> = { SIGKILL: 9, SIGTERM: 15 }

export const exitCode = (code: number | null, signal: NodeJS.Signals | null): number => code ?? 128 + (SIGNALS[String(signal)] ?? 0)
