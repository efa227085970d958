/** Compiles the addon against TensorFlow's libraries. */
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { problem } from '../errors.ts'
import { patchSources, type Sources } from './addon-sources.ts'
import type { Compiler } from './compiler.ts'
import type { Surroundings } from './order.ts'
import { runTool } from './run-tool.ts'
import { OUT_OF_SPACE, outOfSpace } from './space.ts'

export interface Compilation {
  readonly sources: Sources
  readonly headers: string
  /** Folder of the build: its `tensorflow` has the libraries, and the headers in `include`. */
  readonly build: string
  /** Folder for what is needed meanwhile. */
  readonly scratch: string
}

export const ADDON = 'tfjs_binding.node'

/** Compiles the addon into the build. Throws `native_compile_failed` with the compiler's first error. */
export async function compile ({ command }: Compiler, compilation: Compilation, { env, signal }: Surroundings): Promise<void> {
  const { scratch, build, sources } = compilation
  const patched = join(scratch, 'binding')
  patchSources(sources, patched)
  const { status, stderr } = await runTool(command, compilerArguments(compilation, patched), { env: { ...env, TMPDIR: scratch }, signal })
  if (status === 0 && existsSync(join(build, ADDON))) return
  if (OUT_OF_SPACE.test(stderr)) throw outOfSpace()
  throw problem('native_compile_failed', { compiler: command.join(' '), detail: firstError(stderr, scratch) })
}

function compilerArguments ({ headers, build }: Compilation, patched: string): string[] {
  const libraries = join(build, 'tensorflow')
  return [
    '-std=c++17', '-O2', '-fPIC', '-shared', '-fvisibility=hidden', '-DNAPI_VERSION=8', `-I${headers}`, `-I${join(libraries, 'include')}`,
    join(patched, 'tfjs_backend.cc'), join(patched, 'tfjs_binding.cc'),
    `-L${libraries}`, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2',
    // The folder can be moved as a whole.
    '-Wl,-rpath,$ORIGIN/tensorflow',
    // TensorFlow's libraries do not bear being unloaded when a worker thread ends.
    '-Wl,-z,nodelete',
    // A symbol that is missing fails at loading, where it is noticed, and not in the middle of a call.
    '-Wl,-z,now',
    '-o', join(build, ADDON)
  ]
}

function firstError (stderr: string, scratch: string): string {
  const lines = stderr.split('\n').filter(line => line.trim() !== '')
  const line = lines.find(text => /error|undefined reference|cannot find|unrecognized/i.test(text)) ?? lines.at(-1) ?? 'it gave no reason'
  return line.replaceAll(scratch, basename(scratch)).trim().slice(0, 400)
}
