/** Inputs and weights: written once as raw float32 files, read by every engine. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CASES, CONV, WIDTHS, type Case } from './cases.ts'

export interface Tensor { readonly shape: readonly number[], readonly data: Float32Array<ArrayBuffer> }

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1)

type Net = Case['net']

/**
 * Shapes by name. `x`: the largest batch; `y`: labels, rows with a single 1; `w0` `b0` …: (in, out) and (out);
 * `w`: (height, width, in, out).
 */
export function shapesOf (net: Net): Readonly<Record<string, readonly number[]>> {
  const rows = Math.max(...CASES.filter(each => each.net === net).map(each => each.batch))
  const { side, channels, kernel } = CONV
  if (net === 'conv') return { x: [rows, side, side, channels], w: [kernel, kernel, channels, channels] }
  const [width, ...outputs] = WIDTHS[net]
  const layers = outputs.flatMap((output, i) => [[`w${i}`, [WIDTHS[net][i] as number, output]], [`b${i}`, [output]]] as const)
  return { x: [rows, width], y: [rows, outputs.at(-1) as number], ...Object.fromEntries(layers) }
}

export async function writeTensors (folder: string): Promise<void> {
  const random = generator(1)
  for (const net of ['small', 'large', 'conv'] as const) {
    for (const [name, shape] of Object.entries(shapesOf(net))) {
      await writeFile(join(folder, `${net}.${name}`), name === 'y' ? labels(shape) : values(name, shape, random))
    }
  }
}

/** The tensors of a net; `x` and `y` cut to a batch. */
export async function readTensors (folder: string, { net, batch }: Case): Promise<Readonly<Record<string, Tensor>>> {
  const entries = await Promise.all(Object.entries(shapesOf(net)).map(async ([name, full]) => {
    const shape = name === 'x' || name === 'y' ? [batch, ...full.slice(1)] : full
    const bytes = new Uint8Array(await readFile(join(folder, `${net}.${name}`)))
    return [name, { shape, data: new Float32Array(bytes.buffer, 0, sizeOf(shape)) }] as const
  }))
  return Object.fromEntries(entries)
}

/** Weights and biases of the layers, in order. */
export function layersOf<T> (tensors: Readonly<Record<string, T>>): Array<{ readonly weight: T, readonly bias: T }> {
  const count = Object.keys(tensors).filter(name => /^w\d$/.test(name)).length
  return Array.from({ length: count }, (_, i) => ({ weight: tensors[`w${i}`] as T, bias: tensors[`b${i}`] as T }))
}

/** Uniform; weights so that a layer keeps the variance of its input. */
function values (name: string, shape: readonly number[], random: () => number): Float32Array {
  const inputs = sizeOf(shape.slice(0, -1))
  const bound = name.startsWith('w') ? Math.sqrt(3 / inputs) : 1
  return Float32Array.from({ length: sizeOf(shape) }, () => bound * (2 * random() - 1))
}

function labels ([rows = 0, classes = 0]: readonly number[]): Float32Array {
  return Float32Array.from({ length: rows * classes }, (_, i) => Number(i % classes === (i / classes | 0) % classes))
}

/** Marsaglia's xorshift: numbers from 0 to 1, the same on every machine. */
function generator (seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
