import { parseArgs } from 'node:util'
import type { Backend } from './blockserve.ts'

export interface Options {
  /** All rows when empty. */
  readonly rows: readonly string[]
  readonly backends: readonly Backend[]
  readonly rounds: number
  readonly seconds: number
  readonly requests: number
  readonly python: string
}

const BACKENDS: readonly Backend[] = ['wasm', 'native']
const DEFAULTS = { rounds: 5, seconds: 4, requests: 1_000_000, python: 'python3' }

/** Throws for an option that does not exist, and for a backend that does not. */
export function optionsFrom (args: readonly string[]): Options {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...args], options: { rows: text, backend: text, rounds: text, seconds: text, requests: text, python: text }
  })
  const wanted = values.backend
  const backends = BACKENDS.filter(backend => wanted === undefined || wanted === backend)
  if (backends.length === 0) throw new Error(`There is no backend '${wanted}'. Backends: ${BACKENDS.join(', ')}`)
  const amount = (name: 'rounds' | 'seconds' | 'requests'): number => Number(values[name] ?? DEFAULTS[name])
  return {
    rows: values.rows?.split(',') ?? [],
    backends,
    rounds: amount('rounds'),
    seconds: amount('seconds'),
    requests: amount('requests'),
    python: values.python ?? DEFAULTS.python
  }
}
