/** The committed list of cases that pass. It only grows. */
import { readFileSync, writeFileSync } from 'node:fs'
import { passedIn, type GroupOutcome } from './report.ts'

/** Case ids per group. */
export type Passing = Readonly<Record<string, readonly string[]>>

/** From the compiled test back to the source tree. */
const LIST = new URL('../../../test/conformance/passing.json', import.meta.url)

export const readPassing = (): Passing => JSON.parse(readFileSync(LIST, 'utf8')) as Passing

/** Adds what passed to what was listed; nothing is taken off. */
export function mergePassing (listed: Passing, runs: readonly GroupOutcome[]): Passing {
  const merged = new Map(Object.entries(listed))
  for (const run of runs) merged.set(run.group, [...new Set([...merged.get(run.group) ?? [], ...passedIn(run)])])
  return Object.fromEntries([...merged].filter(([, ids]) => ids.length > 0))
}

export function writePassing (list: Passing): void {
  writeFileSync(LIST, `${JSON.stringify(list, null, 2)}\n`)
}
