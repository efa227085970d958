/**
 * Lint, contract, docs, all tests on WASM, and those that compute again on native TensorFlow where there is a build of it. The last lines
 * are a matrix of the results, what failed, and `N passed, N failed`. With test files as arguments: those alone. `--backend NAME`, once or
 * more, takes the place of the backends that are found; `--threads N` has them compute with so many; `--node MAJOR` refuses to run on
 * another Node.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { defaultNativeFolder, findBuilds } from '../src/backend/native-builds.ts'
import { runAll } from './testing/pool.ts'
import { chapterCells, combinedTap, failures, matrix, skipped, slowest, totals, type Column } from './testing/report.ts'
import { compiled, isTensorBound, testFiles } from './testing/suites.ts'
import { runTestFile, type TestFile } from './testing/test-file.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
process.chdir(root)

// Many tests wait for processes to start and end: one more at a time than there are processors.
const AT_A_TIME = availableParallelism() + 1
// No test takes a tenth of it: what does hangs.
const LIMIT_MS = 600_000
const NO_BUILD = 'no native build, npm run native makes one'

const { values, positionals } = parseArgs({
  options: { backend: { type: 'string', multiple: true }, node: { type: 'string' }, threads: { type: 'string', default: '' } },
  allowPositionals: true
})
if (![undefined, process.versions.node.split('.')[0]].includes(values.node)) {
  throw new Error(`Node ${values.node} was asked for, this is ${process.version}`)
}
const nativeFolder = process.env.BLOCKSERVE_NATIVE || defaultNativeFolder(process.env.XDG_CACHE_HOME)

function columnsOf (): Column[] {
  if (values.backend !== undefined) return values.backend.map(backend => ({ backend }))
  return [{ backend: 'wasm' }, { backend: 'native-cpu', ...findBuilds(nativeFolder).length === 0 && { notRun: NO_BUILD } }]
}

/** The settings of whoever runs the tests do not reach them. */
function environment (backend: string): NodeJS.ProcessEnv {
  const plain = Object.entries(process.env).filter(([name]) => !/^(BLOCKSERVE|TAP)_/.test(name))
  return {
    ...Object.fromEntries(plain),
    BLOCKSERVE_NATIVE: nativeFolder,
    BLOCKSERVE_TEST_BACKEND: backend,
    BLOCKSERVE_TEST_THREADS: values.threads,
    TAP_TIMEOUT: String(LIMIT_MS / 1000)
  }
}

const CHECKS: Readonly<Record<string, readonly string[]>> = {
  lint: [join(createRequire(import.meta.url).resolve('eslint/package.json'), '../bin/eslint.js'), '.'],
  contract: ['dist/scripts/openapi.js', '--check'],
  docs: ['dist/scripts/docs.js', '--check']
}

/** What a failed check says, as the result of a file. */
async function runCheck (name: string, args: readonly string[]): Promise<TestFile | undefined> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  if (code === 0) return undefined
  return { file: name, backend: 'any', findings: [{ title: 'failed', outcome: 'failed', diagnosis: { stdout, stderr } }], ms: 0, tap: '' }
}

type Task = () => Promise<TestFile | undefined>

function tasksOf (columns: readonly Column[]): Task[] {
  const files = positionals.length > 0 ? positionals.map(compiled) : testFiles(root)
  const runs = columns.filter(({ notRun }) => notRun === undefined).flatMap(({ backend }, i) => {
    const env = environment(backend)
    const ofColumn = files.filter(file => i === 0 || isTensorBound(file))
    return ofColumn.map((file): Task => () => runTestFile({ file, backend, env, limitMs: LIMIT_MS }))
  })
  const checks = positionals.length > 0 ? [] : Object.entries(CHECKS).map(([name, args]): Task => () => runCheck(name, args))
  return [...runs.slice(0, 1), ...checks, ...runs.slice(1)]
}

const columns = columnsOf()
const results = (await runAll(tasksOf(columns), AT_A_TIME)).filter(result => result !== undefined)
const files = results.filter(({ backend }) => backend !== 'any')
mkdirSync('.tap', { recursive: true })
writeFileSync('.tap/all.tap', combinedTap(files))
const { passed, failed } = totals(results)
const lines = [
  ...chapterCells(files), '', ...matrix(files, columns), '', ...skipped(files), slowest(files), ...failures(results), `${passed} passed, ${failed} failed`
]
console.log(lines.join('\n'))
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
