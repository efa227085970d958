// Lint, contract, docs, then all tests with tap on the compiled output (or the test files given). The last lines tell
// what failed and `N passed, N failed`.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chapterCells, counts, failures } from './tap-report.mjs'

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
  const files = process.argv.length > 2 ? process.argv.slice(2) : testFiles()
  const reporter = process.stdout.isTTY ? 'terse' : 'silent'
  return node('node_modules/tap/dist/esm/run.mjs', `--reporter=${reporter}`, `--jobs=${JOBS}`, `--output-file=${report}`, ...files)
}

const checks = {
  lint: () => node(join(packageFile('eslint/package.json'), '..', 'bin', 'eslint.js'), '.'),
  contract: () => node('dist/scripts/openapi.js', '--check'),
  docs: () => node('dist/scripts/docs.js', '--check'),
  tests: runTests
}

const built = node('scripts/build.mjs')
const broken = built ? Object.keys(checks).filter(name => !checks[name]()) : ['build']
const text = existsSync(report) ? readFileSync(report, 'utf8') : ''
const [passed, failed] = counts(text)
const lines = [...chapterCells(text), ...failures(text), ...broken.map(name => `${name}: failed`), `${passed} passed, ${Math.max(failed, broken.length)} failed`]
console.log(lines.join('\n'))
process.exitCode = broken.length === 0 ? 0 : 1
