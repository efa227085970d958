/** The small network of every comparison: 784-256-10 with relu between, its weights, one input, and the answer to it. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const [WIDTH, HIDDEN, CLASSES] = [784, 256, 10] as const

export const SPEC = {
  type: 'Sequential',
  children: [{ type: 'Dense', units: HIDDEN, in_units: WIDTH, activation: 'relu' }, { type: 'Dense', units: CLASSES, in_units: HIDDEN }]
}

export interface Weight { readonly name: string, readonly shape: readonly number[], readonly data: Float32Array<ArrayBuffer> }

/** Numbers without a pattern, from −1 to 1: the same in every run. */
const noise = (length: number, seed: number): number[] => Array.from({ length }, (_, i) => Math.sin((i + seed) ** 2))

function weight (name: string, shape: readonly number[], seed: number): Weight {
  const size = shape.reduce((product, dim) => product * dim, 1)
  return { name, shape, data: Float32Array.from(noise(size, seed), value => value * 0.07) }
}

/** As Gluon keeps them, (out, in), by their structural names. */
export const WEIGHTS: readonly Weight[] = [
  weight('0.weight', [HIDDEN, WIDTH], 1), weight('0.bias', [HIDDEN], 2), weight('1.weight', [CLASSES, HIDDEN], 3), weight('1.bias', [CLASSES], 4)
]

/** One row, from 0 to 1. */
export const INPUT = Float32Array.from(noise(WIDTH, 5), Math.abs)

const affine = (x: readonly number[], weights: Float32Array, bias: Float32Array): number[] =>
  Array.from(bias, (start, row) => x.reduce((sum, value, i) => sum + value * (weights[row * x.length + i] as number), start))

function answer (): number[] {
  const [w1, b1, w2, b2] = WEIGHTS.map(({ data }) => data) as [Float32Array, Float32Array, Float32Array, Float32Array]
  return affine(affine([...INPUT], w1, b1).map(value => Math.max(0, value)), w2, b2)
}

/** The answer to it, in double precision. */
export const EXPECTED: readonly number[] = answer()

/** The weights one behind the other, for servers of other languages. */
export async function writeWeights (folder: string): Promise<void> {
  await writeFile(join(folder, 'mlp.f32'), Buffer.concat(WEIGHTS.map(({ data }) => Buffer.from(data.buffer))))
}
