/** Runs one compiled test file in a process of its own, and reads what it says. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { Parser } from 'tap-parser'

/** One assertion: its tests' titles and its own, joined by ` > `. */
export interface Finding {
  readonly title: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** What the test library tells about a failure. */
  readonly diagnosis: Readonly<Record<string, unknown>> | null
}

export interface TestFile {
  /** The compiled file, from the root. */
  readonly file: string
  /** The backend its tests computed on. */
  readonly backend: string
  readonly findings: readonly Finding[]
  readonly ms: number
  /** What it wrote, in the Test Anything Protocol. */
  readonly tap: string
}

export interface TestRun {
  readonly file: string
  readonly backend: string
  readonly env: NodeJS.ProcessEnv
  /** The process, and all that it started, is killed after so long. */
  readonly limitMs: number
}

const STDERR_CHARACTERS = 2000

/** Resolves when the process is gone, whatever its end. */
export async function runTestFile ({ file, backend, env, limitMs }: TestRun): Promise<TestFile> {
  const start = performance.now()
  const child = spawn(process.execPath, ['--enable-source-maps', file], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const timer = setTimeout(() => { killGroup(child) }, limitMs)
  // What outlives the test would hold its output open for ever.
  child.once('exit', () => { killGroup(child) })
  const [tap, stderr, ending] = await Promise.all([text(child.stdout), text(child.stderr), endingOf(child)])
  clearTimeout(timer)
  const ms = performance.now() - start
  return { file, backend, findings: withEnding(findingsOf(tap), ending, stderr), ms, tap }
}

function killGroup ({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody of it is left.
  }
}

/** How the process ended; undefined when it ended well. */
async function endingOf (child: ChildProcess): Promise<string | undefined> {
  const [code, signal] = await once(child, 'exit') as [number | null, NodeJS.Signals | null]
  if (code === 0) return undefined
  return signal === null ? `the process exited with code ${code}` : `the process was ended by ${signal}`
}

/** The assertions of a report, those of subtests among them; and a failure where it breaks off. */
export function findingsOf (tap: string): readonly Finding[] {
  const events = Parser.parse(tap, { flat: true })
  const findings = events.flatMap(event => event[0] === 'assert' ? [findingOf(event[1])] : [])
  const wrong = events.flatMap(event => event[0] === 'complete' && !event[1].ok ? event[1].failures : [])
  if (findings.length === 0 || wrong.length === 0 || findings.some(hasFailed)) return findings
  return [...findings, { title: 'the report is not whole', outcome: 'failed', diagnosis: { failures: wrong.map(({ tapError }) => tapError) } }]
}

const hasFailed = ({ outcome }: Finding): boolean => outcome === 'failed'

interface TestPoint { readonly fullname: string, readonly ok: boolean, readonly skip: boolean | string, readonly diag: unknown }

function findingOf ({ fullname, ok, skip, diag }: TestPoint): Finding {
  if (skip !== false) return { title: `${fullname}: ${skip === true ? 'no reason given' : skip}`, outcome: 'skipped', diagnosis: null }
  return { title: fullname, outcome: ok ? 'passed' : 'failed', diagnosis: diag as Finding['diagnosis'] }
}

/** A process that failed, or said nothing at all, is a failure also where no assertion tells it. */
export function withEnding (findings: readonly Finding[], ending: string | undefined, stderr: string): readonly Finding[] {
  const title = ending ?? (findings.length === 0 ? 'the process tested nothing' : undefined)
  if (title === undefined || findings.some(hasFailed)) return findings
  return [...findings, { title, outcome: 'failed', diagnosis: { stderr: stderr.slice(-STDERR_CHARACTERS) } }]
}
