/** Tables in Markdown. */
import { verdict, type Bar } from './bars.ts'

export const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

export const head = (cells: readonly string[]): string[] => [row(cells), `|${'---|'.repeat(cells.length)}`]

/** Three figures that matter, without powers of ten. */
export const figure = (value: number): string => {
  const size = Math.abs(value)
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2)
}

export function bars (all: readonly Bar[]): string[] {
  const lines = all.map(bar => row([
    bar.what, bar.value === undefined ? '–' : `${figure(bar.value)}${bar.unit}`,
    bar.limit === undefined ? '' : `${bar.atLeast === true ? '≥' : '≤'} ${bar.limit}${bar.unit}`, verdict(bar)
  ]))
  return [...head(['bar', 'measured', 'limit', '']), ...lines]
}

/** The last line of a scenario: a word per figure. */
export const keyValue = ({ key, value }: Bar): string => `${key}=${value === undefined ? 'none' : figure(value)}`
