/** What a run of a folder came to, as lines of text. */
import type { Group } from './format.ts'
import { runCase, type Outcome } from './runner.ts'

export interface GroupOutcome {
  readonly group: string
  readonly outcomes: readonly Outcome[]
}

export async function runGroup (group: Group): Promise<GroupOutcome> {
  const outcomes: Outcome[] = []
  for (const found of group.cases) outcomes.push(await runCase(found, group))
  return { group: group.group, outcomes }
}

export const passedIn = ({ outcomes }: GroupOutcome): string[] => outcomes.filter(({ reason }) => reason === undefined).map(({ id }) => id)

export function describeGroup (run: GroupOutcome): string {
  const failed = run.outcomes.filter(({ reason }) => reason !== undefined)
  const lines = failed.map(({ id, reason }) => `  ${id}: ${reason}`)
  return [`${run.group}: ${run.outcomes.length - failed.length} passed, ${failed.length} failed`, ...lines].join('\n')
}

export function describeAll (runs: readonly GroupOutcome[]): string {
  const [cases, passed] = [runs.flatMap(({ outcomes }) => outcomes).length, runs.flatMap(passedIn).length]
  return `${passed} passed, ${cases - passed} failed`
}
