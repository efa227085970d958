/** What a person wants to know of a test run: the matrix, the chapter cell by cell, what failed and why. */
import { isTensorBound, rowOf } from './suites.ts'
import type { Finding, TestFile } from './test-file.ts'

/** A column of the matrix; `notRun` says why there are no results. */
export interface Column { readonly backend: string, readonly notRun?: string }

interface Tally { passed: number, failed: number, skipped: number }

const DIAGNOSIS_LINES = 30
const LEFT_OUT = new Set(['source', 'handles'])
const CELL = /(?:^|> )(5\.\d \[\d+\] .*)$/
const SLOWEST = 6

/** Assertions that passed and that failed. */
export function totals (files: readonly TestFile[]): Readonly<Tally> {
  return tallyOf(files.flatMap(({ findings }) => findings))
}

function tallyOf (findings: readonly Finding[]): Tally {
  const tally = { passed: 0, failed: 0, skipped: 0 }
  for (const { outcome } of findings) tally[outcome]++
  return tally
}

/** Results by row and backend, as lines of a table. A row that does not compute has results in the first column alone. */
export function matrix (files: readonly TestFile[], columns: readonly Column[]): string[] {
  const results = files.flatMap(placed)
  const rows = [...new Set(results.map(({ row }) => row))].sort()
  const cells = rows.map(name => {
    const ofRow = results.filter(({ row }) => row === name)
    return [name, ...columns.map((column, i) => cell(ofRow, column, i === 0))]
  })
  return aligned([[`Node ${process.versions.node}`, ...columns.map(({ backend }) => backend)], ...cells])
}

interface Placed { readonly row: string, readonly file: TestFile, readonly finding: Finding }

const placed = (file: TestFile): Placed[] => file.findings.map(finding => ({ row: rowOf(file.file, finding.title), file, finding }))

function cell (results: readonly Placed[], { backend, notRun }: Column, isFirst: boolean): string {
  const findings = results.filter(({ file }) => file.backend === backend).map(({ finding }) => finding)
  if (findings.length > 0) return describe(tallyOf(findings))
  return isFirst || results.some(({ file }) => isTensorBound(file.file)) ? `not run${notRun === undefined ? '' : `: ${notRun}`}` : '-'
}

function describe ({ passed, failed, skipped }: Tally): string {
  return [`${passed} passed`, ...failed > 0 ? [`${failed} FAILED`] : [], ...skipped > 0 ? [`${skipped} skipped`] : []].join(', ')
}

function aligned (rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows.map(row => row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ').trimEnd())
}

/** One line for each code cell of the book's chapter, as each test found it. */
export function chapterCells (files: readonly TestFile[]): string[] {
  return files.flatMap(({ file, backend, findings }) => findings.flatMap(({ title, outcome }) => {
    const cell = CELL.exec(title)?.[1]
    return cell === undefined ? [] : [`${rowOf(file, title)} on ${backend}: ${cell}: ${outcome}`]
  }))
}

/** A paragraph for each failed assertion. */
export function failures (files: readonly TestFile[]): string[] {
  return files.flatMap(({ file, backend, findings }) => findings.filter(({ outcome }) => outcome === 'failed').map(({ title, diagnosis }) =>
    [`FAILED ${file} on ${backend}: ${title}`, ...diagnosisLines(diagnosis ?? {})].join('\n')))
}

/** What was skipped and the reason that was given. */
export function skipped (files: readonly TestFile[]): string[] {
  return files.flatMap(({ file, backend, findings }) =>
    findings.filter(({ outcome }) => outcome === 'skipped').map(({ title }) => `skipped: ${file} on ${backend}: ${title}`))
}

function diagnosisLines (diagnosis: Readonly<Record<string, unknown>>): string[] {
  const told = Object.entries(diagnosis).filter(([key]) => !LEFT_OUT.has(key))
  return told.flatMap(([key, value]) => {
    const [first = '', ...more] = (typeof value === 'string' ? value.trimEnd() : JSON.stringify(value) ?? '').split('\n')
    return more.length === 0 ? [`  ${key}: ${first}`] : [`  ${key}:`, `    ${first}`, ...more.map(line => `    ${line}`)]
  }).slice(0, DIAGNOSIS_LINES)
}

/** The files that took longest, in one line. */
export function slowest (files: readonly TestFile[]): string {
  const first = files.toSorted((a, b) => b.ms - a.ms).slice(0, SLOWEST)
  return `longest: ${first.map(({ file, backend, ms }) => `${file.replace('dist/test/', '')} on ${backend} ${Math.round(ms / 1000)} s`).join(', ')}`
}

/** All reports as one, in the Test Anything Protocol. */
export function combinedTap (files: readonly TestFile[]): string {
  const parts = files.map(({ file, backend, findings, ms, tap }, i) => {
    const name = `${file} on ${backend}`
    const ok = findings.some(({ outcome }) => outcome === 'failed') ? 'not ok' : 'ok'
    return `# Subtest: ${name}\n${tap.replace(/^(?=.)/gm, '    ')}${ok} ${i + 1} - ${name} # time=${ms.toFixed(3)}ms\n`
  })
  return `TAP version 14\n${parts.join('\n')}1..${files.length}\n`
}
