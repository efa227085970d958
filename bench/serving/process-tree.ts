/** Ends a process and whatever it started. */
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { childrenOf } from '../usage.ts'

const STOP_MS = 15_000
const REST_MS = 3000
const STEP_MS = 100

interface Process { readonly pid: number, readonly startedAt: string | undefined }

/** Asks it to stop; what is left of its tree after a while is killed. */
export async function endTree (child: ChildProcess): Promise<void> {
  const tree = descendants(child.pid as number)
  child.kill('SIGTERM')
  await until(() => child.exitCode !== null || child.signalCode !== null, STOP_MS)
  await until(() => !tree.some(lives), REST_MS)
  for (const { pid } of tree.filter(lives)) process.kill(pid, 'SIGKILL')
}

async function until (done: () => boolean, ms: number): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end && !done();) await setTimeout(STEP_MS)
}

export function descendants (root: number): Process[] {
  const startedAt = startOf(root)
  return startedAt === undefined ? [] : [{ pid: root, startedAt }, ...childrenOf(root).flatMap(descendants)]
}

/** A number may be another process's by now. */
const lives = ({ pid, startedAt }: Process): boolean => startedAt === startOf(pid)

/** When a process started; undefined when there is none, or it has ended. */
function startOf (pid: number): string | undefined {
  const fields = statusOf(pid)?.replace(/.*\) /s, '').split(' ')
  return fields?.[0] === 'Z' ? undefined : fields?.[19]
}

function statusOf (pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(String((error as NodeJS.ErrnoException).code))) return undefined
    throw error
  }
}
