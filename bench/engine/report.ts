/** The figures as tables in Markdown. */
import { verdict, type Bar } from './bars.ts'
import { CASES, type Case } from './cases.ts'
import type { Contender } from './contenders.ts'
import type { LayerCost } from './layer-costs.ts'
import type { Results } from './measure.ts'
import { median } from './stopwatch.ts'

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const head = (cells: readonly string[]): string[] => [row(cells), `|${'---|'.repeat(cells.length)}`]

/** Three figures that matter, without powers of ten. */
export const figure = (value: number): string => {
  const size = Math.abs(value)
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2)
}

const spread = (values: readonly number[]): string =>
  `${figure(median(values))} (${figure(Math.min(...values))}–${figure(Math.max(...values))})`

type Cell = (one: Case, values: readonly number[]) => string

function table (results: Results, contenders: readonly Contender[], cell: Cell): string[] {
  const lines = CASES.map(one => row([one.title, ...contenders.map(({ key }) => {
    const values = results.get(one.name)?.get(key)
    return values === undefined ? '–' : cell(one, values)
  })]))
  return [...head(['', ...contenders.map(({ title }) => title)]), ...lines]
}

/** Microseconds per call: the median of the rounds, and the least and the most. */
export const times = (results: Results, contenders: readonly Contender[]): string[] => table(results, contenders, (_, us) => spread(us))

export const speeds = (results: Results, contenders: readonly Contender[]): string[] =>
  table(results, contenders, ({ flop }, us) => figure(flop / median(us) / 1e3))

const WAYS: Readonly<Record<string, string>> = {
  bare: 'operations alone',
  block: '… as Blocks',
  record: '… as Blocks, recorded',
  backward: '… as Blocks, recorded, and backward',
  'host bare': 'operations, host to host',
  'host block': '… as Blocks',
  request: '… as one request',
  rows: '… as one request per row'
}

export function layers (costs: readonly LayerCost[]): string[] {
  const lines = costs.map(({ backend, net, name, us, added }) =>
    row([backend, net.title, WAYS[name] ?? name, spread(us), added.length === 0 ? '' : spread(added)]))
  return [...head(['backend', 'net', 'way', 'µs', 'more than the way it is compared with']), ...lines]
}

export function bars (all: readonly Bar[]): string[] {
  const lines = all.map(bar => row([
    bar.what, bar.value === undefined ? '–' : `${figure(bar.value)}${bar.unit}`,
    bar.limit === undefined ? '' : `${bar.atLeast === true ? '≥' : '≤'} ${bar.limit}${bar.unit}`, verdict(bar)
  ]))
  return [...head(['bar', 'measured', 'limit', '']), ...lines]
}
