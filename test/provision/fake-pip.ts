/**
 * Stands in for `pip download` in tests: gives the wheels of the folder FAKE_INDEX, and writes down what it was asked for. With
 * FAKE_PIP_HANG it stops halfway through the wheel of that distribution for as long as its parent lives, with FAKE_PIP_SAYS it fails
 * with that text.
 */
import { appendFileSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { FAKE_INDEX = '', FAKE_PIP_HANG, FAKE_PIP_SAYS, TMPDIR = '' } = process.env

function fail (said: string): void {
  process.stderr.write(said)
  process.exitCode = 1
}

function give (wheel: string, distribution: string, folder: string): void {
  const bytes = readFileSync(join(FAKE_INDEX, wheel))
  process.stdout.write(`Collecting ${distribution}\n  Downloading ${wheel} (${(bytes.length / 1e3).toFixed(1)} kB)\n`)
  if (distribution !== FAKE_PIP_HANG) {
    copyFileSync(join(FAKE_INDEX, wheel), join(folder, wheel))
    return
  }
  mkdirSync(join(TMPDIR, 'pip-unpack-x'))
  writeFileSync(join(TMPDIR, 'pip-unpack-x', wheel), bytes.subarray(0, bytes.length / 2))
  const parent = process.ppid
  setInterval(() => { if (process.ppid !== parent) process.exit(1) }, 20)
}

const { values } = parseArgs({ strict: false, options: { dest: { type: 'string' }, requirement: { type: 'string' } } })
const wanted = readFileSync(String(values.requirement), 'utf8').trim()
appendFileSync(join(FAKE_INDEX, 'asked'), `${wanted}\n`)
const [distribution = ''] = /^[\w-]+/.exec(wanted) ?? []
const wheel = readdirSync(FAKE_INDEX).find(name => name.startsWith(`${distribution.replaceAll('-', '_')}-`))
if (FAKE_PIP_SAYS !== undefined) fail(FAKE_PIP_SAYS)
else if (wheel === undefined) fail(`ERROR: Could not find a version that satisfies the requirement ${wanted} (from versions: 1.0)\n`)
else give(wheel, distribution, String(values.dest))
