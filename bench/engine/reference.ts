/** The answers every engine is held to, in double precision and plain loops. */
import { CONV, LEARNING_RATE, type Case } from './cases.ts'
import { layersOf, sizeOf, type Tensor } from './tensors.ts'

/** What an engine answers for a case: some values, evenly spread over its result. */
export type Answer = readonly number[]

const SAMPLES = 200

/** About 200 of so many positions, evenly spread. */
export const samplesOf = (length: number): number[] =>
  Array.from({ length: Math.min(length, SAMPLES) }, (_, i) => Math.floor(i * length / Math.min(length, SAMPLES)))

export const sample = (values: ArrayLike<number>): number[] => samplesOf(values.length).map(at => values[at] as number)

/** What a step answers: its loss, then the change of every weight and bias. */
export const stepAnswer = (loss: number, before: ReadonlyArray<ArrayLike<number>>, after: ReadonlyArray<ArrayLike<number>>): number[] =>
  [loss, ...before.flatMap((values, i) => samplesOf(values.length).map(at => (after[i]?.[at] as number) - (values[at] as number)))]

/** Weights and biases in the order a step answers in. */
export const trained = <T>(tensors: Readonly<Record<string, T>>): T[] => layersOf(tensors).flatMap(({ weight, bias }) => [weight, bias])

type Tensors = Readonly<Record<string, Tensor>>

export function reference (one: Case, tensors: Tensors): Answer {
  if (one.net === 'conv') return convolution(tensors['x'] as Tensor, tensors['w'] as Tensor)
  const activations = forward(one.batch, tensors)
  return one.what === 'forward' ? sample(activations.at(-1) as Float64Array) : step(one.batch, activations, tensors)
}

/** How far an answer is off, relative to the largest value that was expected. */
export function distance (answer: ArrayLike<number>, expected: Answer): number {
  if (answer.length !== expected.length) return Infinity
  let [off, scale] = [0, 0]
  expected.forEach((value, i) => {
    off = Math.max(off, Math.abs(value - (answer[i] ?? NaN)))
    scale = Math.max(scale, Math.abs(value))
  })
  return off / scale
}

/** The input and the output of every layer. */
function forward (batch: number, tensors: Tensors): Float64Array[] {
  const layers = layersOf(tensors)
  return layers.reduce<Float64Array[]>((outputs, { weight, bias }, i) => {
    const output = product(outputs.at(-1) as Float64Array, weight.data, batch, weight.shape[0] as number)
    const width = bias.data.length
    output.forEach((value, at) => {
      const sum = value + (bias.data[at % width] as number)
      output[at] = i === layers.length - 1 ? sum : Math.max(0, sum)
    })
    return [...outputs, output]
  }, [Float64Array.from((tensors['x'] as Tensor).data)])
}

/** (rows, inner) × (inner, columns). */
function product (a: Float64Array, b: ArrayLike<number>, rows: number, inner: number): Float64Array {
  const columns = b.length / inner
  const result = new Float64Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < inner; k++) {
      const factor = a[row * inner + k] as number
      for (let column = 0; column < columns; column++) {
        const at = row * columns + column
        result[at] = (result[at] as number) + factor * (b[k * columns + column] as number)
      }
    }
  }
  return result
}

function transposed (a: ArrayLike<number>, rows: number): Float64Array {
  const columns = a.length / rows
  return Float64Array.from({ length: a.length }, (_, at) => a[at % rows * columns + Math.floor(at / rows)] as number)
}

function step (batch: number, activations: readonly Float64Array[], tensors: Tensors): Answer {
  const { loss, gradient } = crossEntropy(batch, activations.at(-1) as Float64Array, (tensors['y'] as Tensor).data)
  const changes: number[][] = []
  let delta = gradient
  for (const [i, { weight, bias }] of [...layersOf(tensors).entries()].reverse()) {
    const input = activations[i] as Float64Array
    const [width, units] = weight.shape as [number, number]
    const change = (values: Float64Array): number[] => sample(values).map(value => -LEARNING_RATE * value)
    changes.unshift(change(product(transposed(input, batch), delta, width, batch)), change(columnSums(delta, bias.data.length)))
    delta = product(delta, transposed(weight.data, width), batch, units).map((value, at) => (input[at] as number) > 0 ? value : 0)
  }
  return [loss, ...changes.flat()]
}

function columnSums (values: Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(columns)
  values.forEach((value, at) => { sums[at % columns] = (sums[at % columns] as number) + value })
  return sums
}

/** The mean over the rows of −log softmax at the label, and its gradient. */
function crossEntropy (rows: number, scores: Float64Array, labels: ArrayLike<number>): { loss: number, gradient: Float64Array } {
  const classes = scores.length / rows
  const gradient = new Float64Array(scores.length)
  let loss = 0
  for (let row = 0; row < rows; row++) {
    const exponentials = scores.subarray(row * classes, (row + 1) * classes).map(Math.exp)
    const total = exponentials.reduce((sum, value) => sum + value, 0)
    exponentials.forEach((value, i) => {
      const at = row * classes + i
      const label = labels[at] as number
      loss -= label * Math.log(value / total) / rows
      gradient[at] = (value / total - label) / rows
    })
  }
  return { loss, gradient }
}

function convolution (x: Tensor, w: Tensor): Answer {
  return samplesOf(sizeOf(x.shape)).map(at => convolved(x, w, at))
}

/** One value of the convolution, at a position of the result. */
function convolved (x: Tensor, w: Tensor, at: number): number {
  const { side, channels, kernel } = CONV
  const [channel, column, row] = [at % channels, Math.floor(at / channels) % side, Math.floor(at / channels / side) % side]
  const image = Math.floor(at / channels / side / side) * side * side * channels
  let sum = 0
  for (let tap = 0; tap < kernel * kernel; tap++) {
    const [y, z] = [row + Math.floor(tap / kernel) - (kernel >> 1), column + tap % kernel - (kernel >> 1)]
    if (y < 0 || z < 0 || y >= side || z >= side) continue
    const [from, weights] = [image + (y * side + z) * channels, tap * channels * channels + channel]
    for (let input = 0; input < channels; input++) sum += (x.data[from + input] as number) * (w.data[weights + input * channels] as number)
  }
  return sum
}
