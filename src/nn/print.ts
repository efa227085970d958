import { session } from './session.ts'

/** Prints a line where the current session wants it: standard output, or the answer of the request that runs. */
export function print (...values: unknown[]): void {
  session().print(values.map(String).join(' '))
}
