/** What must hold, as ratios of times taken in turn in the same rounds. */
import { THREADS } from './contenders.ts'
import type { Results } from './measure.ts'
import { median } from './stopwatch.ts'

export interface Bar {
  readonly key: string
  readonly what: string
  /** Undefined where one of the two was not there. */
  readonly value: number | undefined
  readonly limit: number
  readonly unit: string
  readonly atLeast?: boolean
}

export type Verdict = 'pass' | 'fail' | 'not measured'

export function verdict ({ value, limit, atLeast = false }: Bar): Verdict {
  if (value === undefined) return 'not measured'
  return (atLeast ? value >= limit : value <= limit) ? 'pass' : 'fail'
}

/** The time of one contender by another's: the median of the rounds' ratios. */
export function ratio (results: Results, name: string, of: string, by: string): number | undefined {
  const [own, other] = [results.get(name)?.get(of), results.get(name)?.get(by)]
  return own === undefined || other === undefined ? undefined : median(own.map((us, round) => us / (other[round] as number)))
}

const threads = THREADS === 1 ? [1] : [1, THREADS]

export function contenderBars (results: Results): Bar[] {
  const native = (name: string, limit: number): Bar[] => threads.map(count => ({
    key: `${name}_native${count}_by_onnx`,
    what: `${name}: native by onnxruntime, both with ${count} thread${count === 1 ? '' : 's'}`,
    value: ratio(results, name, `native${count}`, `onnx${count}`),
    limit,
    unit: '×'
  }))
  const step = (name: string): Bar => ({
    key: `${name}_wasm_gain`,
    what: `${name}: stock WASM by WASM with corrected kernels`,
    value: ratio(results, name, 'stock', 'wasm1'),
    limit: 5,
    unit: '×',
    atLeast: true
  })
  return [...native('conv_b1', 1.3), ...native('conv_b8', 1.3), ...native('small_b32', 2.5), step('step_b32'), step('step_b256')]
}
