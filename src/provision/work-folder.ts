/** The folder a run works in: beside the builds, so that what it made is put in place by renaming. */
import { accessSync, constants, existsSync, mkdtempSync, readdirSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { problem } from '../errors.ts'
import { makeFolder } from '../folders.ts'
import { LOCK_PREFIX } from './lock.ts'
import { putBack } from './place.ts'

/** A program whose run was killed may still be writing there. */
const REMOVAL = { recursive: true, force: true, maxRetries: 5 }

const WORK_PREFIX = '.work-'

/** Makes the folder of builds where it is missing. Throws `native_folder_unusable`. */
export function prepareFolder (folder: string): void {
  try {
    makeFolder(folder)
    accessSync(folder, constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw problem('native_folder_unusable', { folder, detail: (cause as Error).message }, { cause })
  }
  if (existsSync(join(folder, 'manifest.json'))) {
    throw problem('native_folder_unusable', { folder, detail: 'it is a build itself, and builds are made in the folder above it' })
  }
}

/**
 * Gives `use` an empty folder and removes it afterwards. Removes what runs left behind that were killed:
 * whoever holds the lock of `folder` is the only one at work there.
 */
export async function withWorkFolder<T> (folder: string, use: (work: string) => Promise<T>): Promise<T> {
  await sweep(folder)
  const work = mkdtempSync(join(folder, WORK_PREFIX))
  try {
    return await use(work)
  } finally {
    await rm(work, REMOVAL)
  }
}

async function sweep (folder: string): Promise<void> {
  for (const name of readdirSync(folder).filter(name => isLeftOver(folder, name))) {
    putBack(join(folder, name), folder)
    await rm(join(folder, name), REMOVAL)
  }
}

const MINUTE_MS = 60_000

/** A young folder for a lock may belong to a run that asks for the lock right now. */
function isLeftOver (folder: string, name: string): boolean {
  if (name.startsWith(WORK_PREFIX)) return true
  if (!name.startsWith(LOCK_PREFIX)) return false
  const made = statSync(join(folder, name), { throwIfNoEntry: false })
  return made !== undefined && Date.now() - made.mtimeMs > MINUTE_MS
}
