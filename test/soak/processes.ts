/** What Linux tells of processes; elsewhere nothing is known. */
import { readdirSync, readFileSync } from 'node:fs'

const STATE = 0
const PARENT = 1
const USER_TICKS = 11
const SYSTEM_TICKS = 12

/** The fields behind the name, which may hold spaces itself. */
function statOf (pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

/** Hundredths of seconds of a processor that a process has used; undefined where that is not known, or it is gone. */
export function ticksOf (pid: number): number | undefined {
  const stat = statOf(pid)
  return stat === undefined ? undefined : Number(stat[USER_TICKS]) + Number(stat[SYSTEM_TICKS])
}

/** The children of this process, those that ended and were not collected (`Z`) among them. */
export function children (): ReadonlyArray<{ readonly pid: number, readonly state: string }> {
  if (process.platform !== 'linux') return []
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger)
  return pids.flatMap(pid => {
    const stat = statOf(pid)
    return stat?.[PARENT] === String(process.pid) ? [{ pid, state: stat[STATE] ?? '' }] : []
  })
}

/** Whether there is a process, also one that ended and was not collected. */
export function exists (pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
