/**
 * Runs first in each process of a test's server. The front process ends when its standard input does: when the test process is gone, for
 * whatever reason. An engine does not start while the file that TEST_GATE names is there, so that what a test does without one has time.
 */
import { existsSync } from 'node:fs'

const isEngine = process.argv[1]?.endsWith('entry.js') === true
const { ppid: parent, env: { TEST_GATE: gate = '' } } = process

if (!isEngine) process.stdin.resume().once('end', () => { process.exit(1) }).unref()
else if (gate !== '') waitWhileThereIs(gate)

function waitWhileThereIs (gate: string): void {
  while (existsSync(gate)) {
    if (process.ppid !== parent) process.exit(1)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
  }
}
