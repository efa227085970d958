/** The C++ compiler of this machine. */
import { problem } from '../errors.ts'
import { installCommandHere } from './install-command.ts'
import { runTool, type Command } from './run-tool.ts'

export interface Compiler {
  readonly command: Command
  /** First line of what it says of itself. */
  readonly version: string
}

/** CXX, which may have arguments, or else the first that works of the usual names. Throws `native_compiler_missing`. */
export async function findCompiler (env: NodeJS.ProcessEnv): Promise<Compiler> {
  const chosen = env.CXX?.trim() ?? ''
  const candidates = chosen === '' ? ['g++', 'clang++', 'c++'] : [chosen]
  for (const candidate of candidates) {
    const command = candidate.split(/\s+/)
    const { status, stdout } = await runTool(command, ['--version'], { env })
    if (status === 0) return { command, version: stdout.split('\n')[0] ?? candidate }
  }
  throw problem('native_compiler_missing', { tried: chosen === '' ? candidates.join(', ') : `CXX=${chosen}`, command: installCommandHere('compiler') })
}
