/** Room on the disk: asked for before it is needed, and told about when it ran out all the same. */
import { statfsSync } from 'node:fs'
import { problem } from '../errors.ts'
import type { Target } from './target.ts'

/** Bytes as a person reads them. */
export function bytesText (bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} kB`
}

const GB = 1e9

/** The most a build takes on the disk at one time, downloads included, and what of it the downloads are. */
const PEAK = {
  cpu: { whole: 2 * GB, downloads: 0.3 * GB },
  cuda: { whole: 3.2 * GB, downloads: 0.7 * GB },
  withLibraries: { whole: 10.5 * GB, downloads: 3.5 * GB }
}

/** How much room a build still needs when `kept` bytes are downloaded already (or all of it, for wheels that were given). */
export function roomFor ({ variant }: Target, cudaLibraries: boolean, kept: number | 'all'): number {
  const { whole, downloads } = variant === 'cpu' ? PEAK.cpu : cudaLibraries ? PEAK.withLibraries : PEAK.cuda
  return whole - (kept === 'all' ? downloads : Math.min(kept, downloads))
}

export function freeBytes (folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/** Throws `native_no_space`. */
export function requireRoom (folder: string, needed: number): void {
  if (freeBytes(folder) < needed) throw lackOfSpace(folder, needed)
}

export const lackOfSpace = (folder: string, needed: number): Error =>
  problem('native_no_space', { folder, free: bytesText(freeBytes(folder)), needed: `about ${bytesText(needed)}` })

/** How programs say it. */
export const OUT_OF_SPACE = /No space left on device|Errno 28|Disk quota exceeded/

/** The error that Node throws, for a program that met it. */
export const outOfSpace = (): Error => Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })

export const isOutOfSpace = (error: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes(String((error as NodeJS.ErrnoException | undefined)?.code))
