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
 * values, computed in float64, null when there are none (the norm also when it is too large for a float64). The histogram
 * has `bins` equal bins from min to max, as numpy.histogram: each holds its lower edge, the last one both.
 */
export function statistics (tensor: HostTensor, bins: number): TensorStatistics {
  const all = toFloat64(tensor)
  const finite = all.filter(Number.isFinite)
  const [min, max] = range(finite)
  return {
    shape: tensor.shape,
    dtype: tensor.dtype,
    count: all.length,
    min: finite.length > 0 ? min : null,
    max: finite.length > 0 ? max : null,
    ...moments(finite, Math.max(Math.abs(min), Math.abs(max))),
    zeros: all.reduce((total, value) => total + Number(value === 0), 0),
    non_finite: all.length - finite.length,
    histogram: histogram(finite, bins, min, max)
  }
}

/** Beyond this size squares would overflow: such values are scaled down first. */
const LARGE = 1e150
const MOST = Number.MAX_VALUE

function moments (values: Float64Array, size: number): Pick<TensorStatistics, 'mean' | 'std' | 'norm'> {
  if (values.length === 0) return { mean: null, std: null, norm: null }
  const scale = size > LARGE ? size : 1
  const scaled = scale === 1 ? values : values.map(value => value / scale)
  const mean = scaled.reduce((total, value) => total + value, 0) / scaled.length
  const variance = scaled.reduce((total, value) => total + (value - mean) ** 2, 0) / scaled.length
  const norm = Math.sqrt(scaled.reduce((total, value) => total + value * value, 0)) * scale
  return { mean: mean * scale, std: Math.sqrt(variance) * scale, norm: Number.isFinite(norm) ? norm : null }
}

function range (values: Float64Array): [number, number] {
  let [min, max] = [Infinity, -Infinity]
  for (const value of values) {
    if (value < min) min = value
    if (value > max) max = value
  }
  return [min, max]
}

/** Where the first bin begins and the last ends: around a single value, half a unit on both sides. */
function limits (values: Float64Array, min: number, max: number): [number, number] {
  if (values.length === 0) return [0, 1]
  const margin = min === max ? Math.max(0.5, Math.abs(min) * 2 ** -20) : 0
  return [Math.max(min - margin, -MOST), Math.min(max + margin, MOST)]
}

function histogram (values: Float64Array, bins: number, min: number, max: number): { edges: number[], counts: number[] } {
  const [low, high] = limits(values, min, max)
  const edges = edgesOf(low, high, bins)
  const counts = new Array<number>(bins).fill(0)
  // Halves, because the whole range may be too large for a float64.
  const span = high / 2 - low / 2
  for (const value of values) {
    let bin = Math.min(Math.floor((value / 2 - low / 2) / span * bins) || 0, bins - 1)
    while (bin > 0 && value < (edges[bin] as number)) bin--
    while (bin < bins - 1 && value >= (edges[bin + 1] as number)) bin++
    counts[bin] = (counts[bin] as number) + 1
  }
  return { edges, counts }
}

/** As numpy.linspace; where the range is too large for a float64, from its half. */
function edgesOf (low: number, high: number, bins: number): number[] {
  const span = high - low
  if (!Number.isFinite(span)) return edgesOf(low / 2, high / 2, bins).map(edge => edge * 2)
  const step = span / bins
  const offset = (i: number): number => step === 0 ? i / bins * span : step * i
  return Array.from({ length: bins + 1 }, (_, i) => i === bins ? high : low + offset(i))
}
