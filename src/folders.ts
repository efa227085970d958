import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** The mode of a folder that only its user may look into. */
export const PRIVATE = 0o700

/**
 * Makes a folder and those above it where they are missing. Throws what the system says. (The `recursive` of Node tries for ever where the
 * system denies that the parent exists, as in /proc.)
 */
export function makeFolder (path: string, mode?: number): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return
  if (dirname(path) !== path) makeFolder(dirname(path), mode)
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    // Another process may have made it meanwhile.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error
  }
}
