/** What must hold of a figure. */
export interface Bar {
  readonly key: string
  readonly what: string
  /** Undefined where what it needs was not there. */
  readonly value: number | undefined
  /** Undefined for a figure that nothing is asked of. */
  readonly limit: number | undefined
  readonly unit: string
  readonly atLeast?: boolean
}

export type Verdict = 'pass' | 'fail' | 'no bar' | 'not measured'

export function verdict ({ value, limit, atLeast = false }: Bar): Verdict {
  if (value === undefined) return 'not measured'
  if (limit === undefined) return 'no bar'
  return (atLeast ? value >= limit : value <= limit) ? 'pass' : 'fail'
}

export const countBars = (all: readonly Bar[], wanted: Verdict): number => all.filter(bar => verdict(bar) === wanted).length
