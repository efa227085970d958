/** Puts a finished build where the server looks for it. */
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'

const REPLACED = 'replaced'

/** Renames `made` to `folder`, at once. A build that is replaced moves into the work folder first. */
export function place (made: string, folder: string, work: string): void {
  if (existsSync(folder)) {
    mkdirSync(join(work, REPLACED))
    renameSync(folder, join(work, REPLACED, basename(folder)))
  }
  renameSync(made, folder)
}

/** Brings back what was about to be replaced when a run was killed. */
export function putBack (work: string, builds: string): void {
  const replaced = join(work, REPLACED)
  if (!existsSync(replaced)) return
  for (const name of readdirSync(replaced)) {
    if (!existsSync(join(builds, name))) renameSync(join(replaced, name), join(builds, name))
  }
}

/** Bytes of all files below a folder. */
export function sizeOf (folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
}
