/** What must hold, as ratios of times. */
import type { Bar } from '../bars.ts'
import { THREADS } from './contenders.ts'
import type { Results } from './measure.ts'

/** The time of one contender by another's, each at its best: what else runs on the machine can only add to a time. */
export function ratio (results: Results, name: string, of: string, by: string): number | undefined {
  const [own, other] = [results.get(name)?.get(of), results.get(name)?.get(by)]
  return own === undefined || other === undefined ? undefined : Math.min(...own) / Math.min(...other)
}

const counts = THREADS === 1 ? [1] : [1, THREADS]

export function contenderBars (results: Results): Bar[] {
  const native = (name: string, limit: (threads: number) => number | undefined): Bar[] => counts.map(count => ({
    key: `${name}_native${count}_by_onnx`,
    what: `${name}: native by onnxruntime, both with ${count} thread${count === 1 ? '' : 's'}`,
    value: ratio(results, name, `native${count}`, `onnx${count}`),
    limit: limit(count),
    unit: '×'
  }))
  const step = (name: string, limit?: number): Bar => ({
    key: `${name}_wasm_gain`,
    what: `${name}: stock WASM by WASM with corrected kernels`,
    value: ratio(results, name, 'stock', 'wasm1'),
    limit,
    unit: '×',
    atLeast: true
  })
  const threaded = (name: string): Bar[] => counts.slice(1).map(count => ({
    key: `${name}_wasm${count}_gain`,
    what: `${name}: WASM with 1 thread by WASM with ${count}`,
    value: ratio(results, name, 'wasm1', `wasm${count}`),
    limit: 1.3,
    unit: '×',
    atLeast: true
  }))
  const convolution = (): number => 1.3
  // A server gives a net of this size one thread: with more, handing over the work costs TensorFlow more than it saves.
  const perceptron = (threads: number): number | undefined => threads === 1 ? 2.5 : undefined
  return [
    ...native('conv_b1', convolution), ...native('conv_b8', convolution), ...native('small_b32', perceptron),
    step('gluon_step_b32', 5), step('gluon_step_b256', 5), step('step_b32'), step('step_b256', 5),
    ...threaded('conv_b1'), ...threaded('conv_b8'), ...threaded('large_b32')
  ]
}
