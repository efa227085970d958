import { toFloat64 } from '../nn/cast.ts'
import type { DType, HostTensor, Shape } from '../tensor.ts'

export interface TensorStatistics {
  readonly shape: Shape
  readonly dtype: DType
  readonly count: number
  readonly min: number | null
  readonly max: number | null
  readonly mean: number | null
  readonly std: number | null
  readonly norm: number | null
  readonly zeros: number
  readonly non_finite: number
  readonly histogram: { edges: number[], counts: number[] }
}

/**
 * What values look like. Min, max, mean, population standard deviation, Euclidean norm and histogram are of the finite
 * values, computed in float64, null when there are none. The histogram has `bins` equal bins from min to max, as
 * numpy.histogram: each holds its lower edge, the last one both.
 */
export function statistics (tensor: HostTensor, bins: number): TensorStatistics {
  const all = toFloat64(tensor)
  const finite = all.filter(Number.isFinite)
  const sum = finite.reduce((total, value) => total + value, 0)
  const mean = sum / finite.length
  const known = finite.length > 0
  const [min, max] = range(finite)
  return {
    shape: tensor.shape,
    dtype: tensor.dtype,
    count: all.length,
    min: known ? min : null,
    max: known ? max : null,
    mean: known ? mean : null,
    std: known ? Math.sqrt(finite.reduce((total, value) => total + (value - mean) ** 2, 0) / finite.length) : null,
    norm: known ? Math.sqrt(finite.reduce((total, value) => total + value * value, 0)) : null,
    zeros: all.reduce((total, value) => total + Number(value === 0), 0),
    non_finite: all.length - finite.length,
    histogram: histogram(finite, bins, min, max)
  }
}

function range (values: Float64Array): [number, number] {
  let [min, max] = [Infinity, -Infinity]
  for (const value of values) {
    if (value < min) min = value
    if (value > max) max = value
  }
  return [min, max]
}

function histogram (values: Float64Array, bins: number, min: number, max: number): { edges: number[], counts: number[] } {
  const [low, high] = values.length === 0 ? [0, 1] : min === max ? [min - 0.5, max + 0.5] : [min, max]
  const edges = Array.from({ length: bins + 1 }, (_, i) => i === bins ? high : low + (high - low) * i / bins)
  const counts = new Array<number>(bins).fill(0)
  for (const value of values) {
    let bin = Math.min(Math.floor((value - low) / (high - low) * bins), bins - 1)
    if (value < (edges[bin] as number)) bin--
    else if (bin < bins - 1 && value >= (edges[bin + 1] as number)) bin++
    counts[bin] = (counts[bin] as number) + 1
  }
  return { edges, counts }
}
