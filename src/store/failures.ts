/** The failures that are not about what was asked. */
import { problem } from '../errors.ts'

/** The store's own callers did what they may not: a mistake in the program. */
export const misuse = (what: string): Error => problem('internal', {}, { cause: new Error(`The store was used wrongly: ${what}.`) })

/** The disk, or the database on it, refused. */
export function storageFailed (cause: unknown): Error {
  return problem('storage_failed', { detail: cause instanceof Error ? cause.message : String(cause) }, { cause })
}
