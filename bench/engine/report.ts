/** The figures as tables in Markdown. */
import { figure, head, row } from '../tables.ts'
import { CASES, type Case } from './cases.ts'
import type { Contender } from './contenders.ts'
import type { LayerCost } from './layer-costs.ts'
import type { Results } from './measure.ts'
import { median } from './stopwatch.ts'

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
