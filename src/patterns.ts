/** Patterns of users, such as `?select=.*weight`. A leaf. */
import { RE2JS, RE2JSException } from 're2js'
import { problem } from './errors.ts'

/**
 * A test for names: RE2 syntax, anchored at the start as Python's `re.match`, linear in the length of the name.
 * Throws `invalid_pattern`.
 */
export function compilePattern (pattern: string): (name: string) => boolean {
  try {
    const compiled = RE2JS.compile(pattern)
    return name => compiled.matcher(name).lookingAt()
  } catch (cause) {
    if (!(cause instanceof RE2JSException)) throw cause
    throw problem('invalid_pattern', { pattern, detail: cause.message }, { cause })
  }
}
