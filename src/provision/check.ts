/** Proves on this machine that a build computes rightly: `--check`. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findBuilds } from '../backend/native-builds.ts'
import { problem } from '../errors.ts'
import { runEntry } from './child.ts'
import type { Options } from './options.ts'
import { buildNameOf } from './target.ts'

export const PASSED = 'ok     '
export const FAILED = 'FAILED '

/**
 * Writes a line for each check and `N passed, N failed`. Gives the exit status. What is checked is what the server would take of
 * all builds; with `--cuda` one on a GPU, with `--tf` the build of that version. Throws `native_build_missing`.
 */
export async function checkBuild (options: Options, env: NodeJS.ProcessEnv, write: (text: string) => void): Promise<number> {
  const folder = folderToCheck(options)
  const want = options.variant === 'cuda' ? 'native-gpu' : 'auto'
  const counts = { passed: 0, failed: 0 }
  const show = (line: string): void => {
    if (line.startsWith(PASSED)) counts.passed++
    if (line.startsWith(FAILED)) counts.failed++
    write(`${line}\n`)
  }
  const ended = await runEntry('check-entry', [want, folder], env, show)
  if (ended !== 0) show(`${FAILED}the process that checks ended with ${ended}`)
  write(`${counts.passed} passed, ${counts.failed} failed\n`)
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1
}

function folderToCheck ({ folder, variant, tensorflow }: Options): string {
  if (tensorflow !== undefined) {
    const build = buildNameOf({ variant, tensorflow, arch: process.arch })
    if (!existsSync(join(folder, build, 'manifest.json'))) throw problem('native_build_missing', { build, folder })
    return join(folder, build)
  }
  const builds = findBuilds(folder)
  if (!builds.some(({ cuda }) => cuda || variant === 'cpu')) throw problem('native_build_missing', { build: variant === 'cuda' ? 'build with CUDA' : 'build', folder })
  return folder
}
