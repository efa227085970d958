/** Builds of TensorFlow's native addon on this machine: finding them, and trying one in a process of its own. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Refused } from './opened.ts'

/** A folder with `tfjs_binding.node`, TensorFlow's libraries beside it, and `manifest.json`, which is written last. */
export interface NativeBuild {
  readonly folder: string
  readonly cuda: boolean
}

/** What a build says when it is tried. */
export interface Probed { readonly version: string, readonly gpu: boolean }

export const bindingOf = ({ folder }: NativeBuild): string => join(folder, 'tfjs_binding.node')

/** Where builds are kept: `blockserve/native` in the user's cache folder. XDG_CACHE_HOME counts when it is absolute. */
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

const TRIAL = fileURLToPath(new URL('trial.js', import.meta.url))
/** The driver compiles kernels for a GPU it has not seen, which takes minutes. */
const TRIAL_TIMEOUT_MS = 600_000

/**
 * Tries a build in a child process, so that one that crashes (a CPU without AVX, a broken driver) is a reason and not an end: whether it
 * loads, and unless `depth` is `load`, whether it computes rightly.
 */
export function probe (build: NativeBuild, env: NodeJS.ProcessEnv, depth: 'load' | 'compute' = 'compute'): Probed | Refused {
  const child = spawnSync(process.execPath, [TRIAL, bindingOf(build), depth], { env, encoding: 'utf8', timeout: TRIAL_TIMEOUT_MS })
  if (child.status !== 0) return { refused: `${build.folder} cannot be used (${whatHappened(child)}): build it again on this machine` }
  const { wrong, ...probed } = JSON.parse(child.stdout.slice(child.stdout.lastIndexOf('\n'))) as Probed & { wrong?: string }
  return wrong === undefined ? probed : { refused: `${build.folder} computes wrongly: ${wrong}` }
}

function whatHappened ({ error, signal, status, stderr }: ReturnType<typeof spawnSync>): string {
  if (error !== undefined) return error.message
  if (signal !== null) return `it was ended by ${signal}`
  return /^\w*Error: .*$/m.exec(String(stderr))?.[0] ?? `it exited with ${status}`
}
