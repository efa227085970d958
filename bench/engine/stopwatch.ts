/** One call of what is measured. */
export type Run = () => void | Promise<void>

/** Calls are counted in slices of about so long, so that what interrupts one spoils one slice. */
const SLICE_MS = 2

/** Runs for about `ms`: microseconds per call in the median slice. `guess` is what one call takes, when that is known. */
export async function timed (run: Run, ms: number, guess?: number): Promise<number> {
  const calls = Math.max(1, Math.round(SLICE_MS * 1e3 / (guess ?? await slice(run, 1))))
  const slices: number[] = []
  const end = performance.now() + ms
  do slices.push(await slice(run, calls))
  while (performance.now() < end)
  return median(slices)
}

/** Microseconds per call of so many calls. */
export async function slice (run: Run, calls: number): Promise<number> {
  const from = performance.now()
  for (let i = 0; i < calls; i++) {
    const pending = run()
    if (pending !== undefined) await pending
  }
  return (performance.now() - from) * 1e3 / calls
}

export function median (values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] ?? NaN : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}

/** The same values, beginning with another. */
export const rotated = <T>(values: readonly T[], by: number): T[] => values.map((_, i) => values[(i + by) % values.length] as T)
