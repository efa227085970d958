// Compiles src, models, test, bench and scripts to dist/. Incremental: a second run with nothing changed takes about a second.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json'], { stdio: 'inherit', cwd: new URL('..', import.meta.url) })
process.exitCode = status ?? 1
