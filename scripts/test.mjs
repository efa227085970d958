// Lint, contract, docs, then all tests with tap on the compiled output (or the test files given). The last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
// Many tests wait for processes to start and end: one more at a time than two cores would say.
const JOBS = 3
const report = join(root, '.tap', 'all.tap')
const packageFile = createRequire(import.meta.url).resolve

/** Runs a script with this Node and tells whether it went well. */
function node (script, ...args) {
  return spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' }).status === 0
}

/** The compiled form of every test there is a source of. */
function testFiles () {
  const sources = readdirSync(join(root, 'test'), { recursive: true }).filter(file => file.endsWith('.test.ts'))
  return sources.map(file => join('dist', 'test', file.replace(/\.ts$/, '.js'))).sort()
}

function runTests () {
  mkdirSync(join(root, '.tap'), { recursive: true })
  rmSync(report, { force: true })
  const chosen = process.argv.slice(2)
  return node('node_modules/tap/dist/esm/run.mjs', '--reporter=terse', `--jobs=${JOBS}`, `--output-file=${report}`, ...(chosen.length > 0 ? chosen : testFiles()))
}

/** Assertions passed and failed, as tap counted them. */
function counts () {
  const text = existsSync(report) ? readFileSync(report, 'utf8') : ''
  const [, passed = 0, failed = 0] = /pass: (\d+)(?:, fail: (\d+))?/.exec(text.slice(text.lastIndexOf('\n# {'))) ?? []
  return [Number(passed), Number(failed)]
}

/** One line for each code cell of the book's chapter, as the two chapter tests found it. */
function printChapter () {
  const text = existsSync(report) ? readFileSync(report, 'utf8') : ''
  for (const [, file, cells] of text.matchAll(/^# Subtest: dist\/test\/(\S*chapter\.test)\.js\n([\s\S]*?)(?=^(?:not )?ok )/gm)) {
    for (const [, outcome, cell] of cells.matchAll(/^ {4,8}(ok|not ok) \d+ - (5\.\d \[\d+\].*?)(?: # time.*)?$/gm)) console.log(`${file} ${cell}: ${outcome}`)
  }
}

const checks = {
  lint: () => node(join(packageFile('eslint/package.json'), '..', 'bin', 'eslint.js'), '.'),
  contract: () => node('dist/scripts/openapi.js', '--check'),
  docs: () => node('dist/scripts/docs.js', '--check'),
  tests: runTests
}

const built = node('scripts/build.mjs')
const broken = built ? Object.keys(checks).filter(name => !checks[name]()) : ['build']
for (const name of broken) console.log(`${name}: failed`)
printChapter()
const [passed, failed] = counts()
console.log(`${passed} passed, ${Math.max(failed, broken.length)} failed`)
process.exitCode = broken.length === 0 ? 0 : 1
