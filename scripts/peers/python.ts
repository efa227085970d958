/** A virtual environment with the clients, kept in the user's cache folder. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { defaultNativeFolder } from '../../src/backend/native-builds.ts'
import { run, succeed } from '../process.ts'

/** The clients need 3.11 or newer, and not all of them run on 3.14 yet. */
const NAMES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python']
const PROBE = 'import sys, venv, ensurepip; print(sys.version) if (3, 11) <= sys.version_info[:2] <= (3, 13) else sys.exit(1)'

/** The Python of an environment that has what `requirements` lists, each pinned. It is made when it is not there. */
export async function preparePython (requirements: string): Promise<string> {
  const { name, version } = await findPython()
  const key = createHash('sha256').update(version).update(await readFile(requirements)).digest('hex').slice(0, 16)
  const folder = join(dirname(defaultNativeFolder(process.env.XDG_CACHE_HOME)), 'peers', key)
  if (!existsSync(pythonIn(folder))) await make(name, requirements, folder)
  return pythonIn(folder)
}

const pythonIn = (folder: string): string => join(folder, 'bin', 'python')

async function findPython (): Promise<{ name: string, version: string }> {
  for (const name of NAMES) {
    const { code, stdout } = await run(name, ['-c', PROBE]).catch(() => ({ code: 1, stdout: '' }))
    if (code === 0) return { name, version: stdout.trim() }
  }
  throw new Error(`There is no Python from 3.11 to 3.13 with venv (tried: ${NAMES.join(', ')}). On Debian and Ubuntu: apt-get install python3-venv`)
}

const INSTALL = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--no-deps', '--no-compile', '--requirement']

/** Made beside its place and then renamed: an environment that is there is whole. */
async function make (python: string, requirements: string, folder: string): Promise<void> {
  const start = performance.now()
  const unfinished = `${folder}.${process.pid}`
  try {
    await mkdir(dirname(folder), { recursive: true })
    await succeed(python, ['-m', 'venv', unfinished])
    await succeed(pythonIn(unfinished), [...INSTALL, requirements])
    await rm(folder, { recursive: true, force: true })
    await rename(unfinished, folder)
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
  console.log(`clients installed in ${folder}, in ${Math.round((performance.now() - start) / 1000)} s`)
}
