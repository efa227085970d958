/** Runs the soak, and prints what it found as JSON: the only line of its output. Usage: front AMOUNTS, as JSON. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { killAtWork, startAndStop } from './life-cycle.ts'
import type { Amounts, Found } from './report.ts'
import { steady } from './steady.ts'

const { starts, kills, forwards, backwards } = JSON.parse(process.argv[2] ?? '{}') as Amounts
const data = await mkdtemp(join(tmpdir(), 'blockserve-soak-'))
const seconds: Record<string, number> = {}

async function timed<T> (name: string, run: () => Promise<T>): Promise<T> {
  const from = performance.now()
  const result = await run()
  seconds[name] = (performance.now() - from) / 1000
  return result
}

try {
  const faults = [
    ...await timed('starts', () => startAndStop(data, starts)), ...await timed('kills', () => killAtWork(data, kills))
  ]
  const phases = await timed('calls', () => steady(data, forwards, backwards))
  const found: Found = { faults, phases, seconds }
  process.stdout.write(`${JSON.stringify(found)}\n`)
} finally {
  await rm(data, { recursive: true, force: true })
}
