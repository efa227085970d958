/** The soak in a process of its own, so that everything an engine writes is seen. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Faults } from './life-cycle.ts'
import { floor, growth, peak, unsteadiness, type Phase } from './steady.ts'

/** How much of each: starts with a stop, kills at work, forwards, backwards. */
export interface Amounts { readonly starts: number, readonly kills: number, readonly forwards: number, readonly backwards: number }

/** What the process found. */
export interface Found { readonly faults: Faults, readonly phases: readonly Phase[], readonly seconds: Readonly<Record<string, number>> }

export interface SoakReport extends Found {
  /** Everything that its processes wrote to their standard error: nothing, when all is well. */
  readonly stderr: string
}

const MIB = 2 ** 20
const FRONT = fileURLToPath(new URL('front.js', import.meta.url))

/** Runs it on a backend. `allowed` is the part by which memory may grow. */
export async function soak (backend: string, amounts: Amounts, allowed: number): Promise<SoakReport> {
  const env = { ...process.env, BLOCKSERVE_TEST_BACKEND: backend }
  const child = spawn(process.execPath, [FRONT, JSON.stringify(amounts)], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  if (code !== 0) throw new Error(`the soak ended with ${String(signal ?? code)}: ${stderr}`)
  const found = JSON.parse(stdout) as Found
  return { ...found, faults: [...found.faults, ...found.phases.flatMap(phase => unsteadiness(phase, allowed))], stderr }
}

/** A phase in one line. */
export function describePhase (phase: Phase): string {
  const last = phase.samples.at(-1)
  const grown = `${(growth(phase) * 100).toFixed(1)} % from one half to the other`
  return `${last?.calls} ${phase.name}: ${mib(floor(phase, 0, 1))} to ${mib(peak(phase))} MiB, ${grown}; ${last?.tensors} tensors`
}

const mib = (bytes: number): string => (bytes / MIB).toFixed(1)
