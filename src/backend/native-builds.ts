/** Builds of TensorFlow's native addon on this machine: finding them, and trying one in a process of its own. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Refused } from './opened.ts'

/** A folder with `tfjs_binding.node`, TensorFlow's libraries beside it, and `manifest.json`, which is written last. */
export interface NativeBuild {
  readonly folder: string
  readonly cuda: boolean
}

/** What a build says when it is tried. */
export interface Probed { readonly version: string, readonly gpu: boolean }

export const bindingOf = ({ folder }: NativeBuild): string => join(folder, 'tfjs_binding.node')

/** Where builds are kept: `blockserve/native` in the user's cache folder. `cacheHome` is XDG_CACHE_HOME, which counts when it is absolute. */
export function defaultNativeFolder (cacheHome = ''): string {
  return join(isAbsolute(cacheHome) ? cacheHome : join(homedir(), '.cache'), 'blockserve', 'native')
}

/** The complete builds in `folder`, or the one that `folder` is; newest TensorFlow first. */
export function findBuilds (folder: string): readonly NativeBuild[] {
  if (existsSync(join(folder, 'manifest.json'))) return [describe(folder)]
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map(name => join(folder, name))
    .filter(path => existsSync(join(path, 'manifest.json')))
    .map(describe)
}

function describe (folder: string): NativeBuild {
  return { folder, cuda: /"variant":\s*"cuda"/.test(readFileSync(join(folder, 'manifest.json'), 'utf8')) }
}

const PROBE = `
  const binding = require(process.argv[1])
  process.stdout.write('\\n' + JSON.stringify({ version: binding.TF_Version, gpu: binding.isUsingGpuDevice() }))`
const PROBE_TIMEOUT_MS = 120_000

/** Loads a build in a child process, so that one that crashes (a CPU without AVX, a broken driver) is a reason and not an end. */
export function probe (build: NativeBuild, env: NodeJS.ProcessEnv): Probed | Refused {
  const child = spawnSync(process.execPath, ['-e', PROBE, bindingOf(build)], { env, encoding: 'utf8', timeout: PROBE_TIMEOUT_MS })
  if (child.status === 0) return JSON.parse(child.stdout.slice(child.stdout.lastIndexOf('\n'))) as Probed
  return { refused: `${build.folder} cannot be loaded (${whatHappened(child)}): build it again on this machine` }
}

function whatHappened ({ error, signal, status, stderr }: ReturnType<typeof spawnSync>): string {
  if (error !== undefined) return error.message
  if (signal !== null) return `it was ended by ${signal}`
  return /^\w*Error: .*$/m.exec(String(stderr))?.[0] ?? `it exited with ${status}`
}
