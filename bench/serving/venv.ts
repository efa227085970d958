/** Virtual environments of Python, made once and kept in the user's cache folder. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const MARK = 'installed.txt'
const MOST_OUTPUT = 64 * 1024 * 1024

/** The folder of the programs of an environment with those requirements. Rejects with what pip says when it cannot be made. */
export async function environment (name: string, requirements: readonly string[], python: string): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const key = createHash('sha256').update(requirements.join('\n')).digest('hex').slice(0, 12)
  const folder = join(cache, 'blockserve', 'peers', `${name}-${key}`)
  if (!existsSync(join(folder, MARK))) await make(folder, requirements, python)
  return join(folder, 'bin')
}

/** A folder that pip did not finish is made anew. */
async function make (folder: string, requirements: readonly string[], python: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await run(python, ['-m', 'venv', folder])
  const pip = join(folder, 'bin', 'pip')
  await run(pip, ['install', '--no-input', '--disable-pip-version-check', ...requirements], { maxBuffer: MOST_OUTPUT })
  const { stdout } = await run(pip, ['freeze'], { maxBuffer: MOST_OUTPUT })
  await writeFile(join(folder, MARK), stdout)
}
