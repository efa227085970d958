/** Answers of mutations kept by idempotency key for a day, with an index by time so that old ones can be dropped. */
import type { Database } from './database.ts'
import { keyOf, numberIn } from './keys.ts'
import type { Outcome } from './records.ts'

/** How long an outcome answers for its key, in milliseconds. */
export const OUTCOME_LIFE = 24 * 60 * 60 * 1000

// More than one, so that old ones go faster than new ones come; not all, so that no put is slow.
const DROPPED_AT_ONCE = 100

/** The outcome of `key`, unless it is too old. */
export function outcomeOf (database: Database, key: string): Outcome | undefined {
  const outcome = database.record<Outcome>(keyOf('outcome', key))
  return outcome && timeOf(outcome) > Date.now() - OUTCOME_LIFE ? outcome : undefined
}

/** Stores the outcome of `key`, and drops some that are too old. */
export function putOutcome (database: Database, key: string, outcome: Outcome): void {
  const owner = keyOf('outcome', key)
  const old = database.record<Outcome>(owner)
  if (old !== undefined) database.remove(timeKey(old, owner))
  dropOld(database)
  database.putRecord(owner, outcome)
  database.putRecord(timeKey(outcome, owner), true)
}

function dropOld (database: Database): void {
  const oldest = Date.now() - OUTCOME_LIFE
  const due = database.keys(keyOf('outcomeTime'), DROPPED_AT_ONCE).filter(key => numberIn(key) <= oldest)
  for (const key of due) {
    database.remove(key.subarray(keyOf('outcomeTime', 0).length))
    database.remove(key)
  }
}

const timeOf = (outcome: Outcome): number => Date.parse(outcome.at)

const timeKey = (outcome: Outcome, owner: Buffer): Buffer => Buffer.concat([keyOf('outcomeTime', timeOf(outcome)), owner])
