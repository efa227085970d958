// Builds, then runs checks and tests: see run-tests.ts.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const node = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status

if (node('scripts/build.mjs') === 0) {
  process.exitCode = node('dist/scripts/run-tests.js', ...process.argv.slice(2)) ?? 1
} else {
  console.log('build: failed\n0 passed, 1 failed')
  process.exitCode = 1
}
