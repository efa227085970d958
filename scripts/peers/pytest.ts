/** Runs one file of tests with pytest, in a process of its own: two of the clients cannot live in one. */
import { basename, dirname, join } from 'node:path'
import { run } from '../process.ts'

export interface Counts { readonly passed: number, readonly failed: number }

const COUNTS = /^(\d+) passed, (\d+) failed$/m
const OPTIONS = ['-m', 'pytest', '--quiet', '--tb=short', '-p', 'no:cacheprovider']

/** Prints what pytest says, and gives what it counted. A process that ended in another way than by its tests is a failure. */
export async function runFile (python: string, file: string, env: NodeJS.ProcessEnv): Promise<Counts> {
  // What Python compiles stays with the clients, also what it compiles of the tests.
  const compiled = join(dirname(dirname(python)), 'compiled')
  const { code, stdout, stderr } = await run(python, [...OPTIONS, file], { env: { ...env, PYTHONPYCACHEPREFIX: compiled } })
  console.log(`\n${basename(file)}\n${stdout.replace(COUNTS, '').trim()}`)
  if (stderr !== '') console.error(stderr.trim())
  return countsOf(stdout, code)
}

/** pytest exits with 0 when all passed, and with 1 when one failed. */
export function countsOf (output: string, code: number): Counts {
  const [, passed = '0', failed = '0'] = COUNTS.exec(output) ?? []
  const counts = { passed: Number(passed), failed: Number(failed) }
  const isWhole = code === 0 ? counts.passed > 0 && counts.failed === 0 : code === 1 && counts.failed > 0
  return isWhole ? counts : { ...counts, failed: counts.failed + 1 }
}
