/** The table of errors as a page; `type` of every problem points into it. */
import { ERRORS } from '../../errors.ts'
import type { ErrorCode, ErrorRow } from '../../errors.ts'

export const ERRORS_URL = '/docs/errors.md'

const section = ([code, { status, message, remedy }]: [string, ErrorRow]): string =>
  `## ${code}\n\nStatus ${status}. ${escape(message)}\n\nRemedy: ${escape(remedy)}\n`

const escape = (text: string): string => text.replaceAll('<', '&lt;')

/** Markdown: one heading per code, which is its anchor. */
export function errorsPage (): string {
  const sections = (Object.entries(ERRORS) as [ErrorCode, ErrorRow][]).map(section)
  return ['# Errors\n\nEvery error carries a code. `{name}` stands for a value of the case at hand.\n', ...sections].join('\n')
}
