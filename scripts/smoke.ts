/**
 * A short list of tests on newer versions of Node than the one at hand, which npx gets: one column per backend, as in `npm test`. The last
 * line is `N passed, N failed`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

const VERSIONS = ['22', '24']
/** Processes, the chapter by both ways, the quick start, files, and a native build where there is one. */
const FILES = [
  'e2e/chapter.test.ts', 'conformance/chapter.test.ts', 'readme.test.ts', 'engine/engine.test.ts', 'backend/select.test.ts',
  'backend/wasm-threads.test.ts', 'formats/sniff.test.ts', 'formats/mxnet/reader.test.ts', 'nn/block.test.ts'
]
// The package `node` puts its program in place by an install script, which .npmrc forbids; this one holds the program itself.
const PACKAGE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
const COUNTS = /^(\d+) passed, (\d+) failed$/

interface Counts { readonly passed: number, readonly failed: number }

/** Runs the list on a version, prints its report, and gives what it counted. */
async function run (version: string): Promise<Counts> {
  const command = ['node', 'dist/scripts/run-tests.js', '--node', version, ...FILES]
  const child = spawn('npx', ['--yes', '--package', `${PACKAGE}@${version}`, '--', ...command], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')])
  const lines = output.trimEnd().split('\n')
  const [, passed, failed] = COUNTS.exec(lines.at(-1) ?? '') ?? []
  console.log(lines.filter(line => !COUNTS.test(line)).join('\n'))
  return passed === undefined ? { passed: 0, failed: 1 } : { passed: Number(passed), failed: Number(failed) }
}

process.chdir(new URL('../..', import.meta.url).pathname)
const total = { passed: 0, failed: 0 }
for (const version of VERSIONS) {
  const { passed, failed } = await run(version)
  if (passed + failed < FILES.length) console.log(`Node ${version}: the tests did not run`)
  total.passed += passed
  total.failed += failed
}
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1
