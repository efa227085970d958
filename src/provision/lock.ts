/** One run at a time makes builds in a folder. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { problem } from '../errors.ts'

/** Who holds the lock. `started` tells a process from a later one of the same number. */
interface Holder { readonly host: string, readonly pid: number, readonly started: string, readonly since: string }

/** The lock is a folder with this file in it. */
const HOLDER = 'holder.json'
/** Folders that are about to become the lock, or were it, begin so. */
export const LOCK_PREFIX = '.lock-'

/** Takes the lock of `folder`, also from a process that is gone. Gives what releases it. Throws `native_busy`. */
export function takeLock (folder: string): () => void {
  const [lock, own] = [join(folder, '.lock'), join(folder, LOCK_PREFIX + process.pid)]
  const me: Holder = { host: hostname(), pid: process.pid, started: startOf(process.pid) ?? '', since: new Date().toISOString() }
  mkdirSync(own, { recursive: true })
  writeFileSync(join(own, HOLDER), JSON.stringify(me))
  try {
    if (!place(own, lock)) replace(folder, own, lock)
  } finally {
    rmSync(own, { recursive: true, force: true })
  }
  return () => { discard(lock, own) }
}

/** A folder that is renamed appears with all that is in it, and not where there is a lock. */
function place (own: string, lock: string): boolean {
  try {
    renameSync(own, lock)
    return true
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(String((error as NodeJS.ErrnoException).code))) throw error
    return false
  }
}

function replace (folder: string, own: string, lock: string): void {
  const holder = read(lock)
  if (holder !== undefined && isAlive(holder)) throw busy(folder, holder)
  const old = `${own}-old`
  if (holder !== undefined) renameSync(lock, old)
  // Another run may have been quicker: then what was moved is its lock, and goes back.
  const moved = read(old)
  const mine = moved === undefined || moved.since === holder?.since
  if (!mine) place(old, lock)
  rmSync(old, { recursive: true, force: true })
  if (!mine || !place(own, lock)) throw busy(folder, moved)
}

function discard (lock: string, own: string): void {
  if (!existsSync(lock)) return
  renameSync(lock, `${own}-old`)
  rmSync(`${own}-old`, { recursive: true, force: true })
}

const busy = (folder: string, holder: Holder | undefined): Error =>
  problem('native_busy', { folder, pid: holder?.pid ?? 'unknown', host: holder?.host ?? hostname(), since: holder?.since ?? 'just now' })

function read (lock: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(join(lock, HOLDER), 'utf8')) as Holder
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Of a process on another machine nothing is known, so it counts as alive. */
const isAlive = ({ host, pid, started }: Holder): boolean => host !== hostname() || startOf(pid) === started

/** When a process was started, in the kernel's ticks; undefined when there is none. */
function startOf (pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may contain anything; the 20th field after it is the time of the start.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
