/** Makes the libraries smaller: symbols for debuggers go, those for linking stay. */
import { join } from 'node:path'
import { LIBRARIES } from './members.ts'
import { runTool, works, type Command } from './run-tool.ts'

const STRIP: Command = ['strip']

/** Gives whether it could be done: without it the build only takes more room. */
export async function strip (build: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<boolean> {
  if (!await works(STRIP, env)) return false
  for (const library of LIBRARIES) {
    const { status } = await runTool(STRIP, ['--strip-all', join(build, library)], { env, signal })
    if (status !== 0) return false
  }
  return true
}
