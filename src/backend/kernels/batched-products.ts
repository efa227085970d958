/** Products of batches of matrices on WASM: its own kernel is scalar for batches, and wrong for some that broadcast. */
import * as tf from '@tensorflow/tfjs-core'
import { withPart } from './part.ts'
import { reshaped, type Steps } from './steps.ts'

export type Factors = Readonly<Record<'a' | 'b', tf.TensorInfo>>
export type Swaps = Pick<tf.BatchMatMulAttrs, 'transposeA' | 'transposeB'>

/** What is multiplied sooner by the scalar kernel, because the fast one packs `b` first (measured): few rows, or little at all. */
export const FEW_ROWS = 6
const FEW_MULTIPLICATIONS = 4096

/** The sizes of one product: (m, k) by (k, n). */
interface Sizes { readonly m: number, readonly k: number, readonly n: number }

/** `a` (…, m, k) by `b` (…, k, n), whose leading axes broadcast; with `swaps`, of matrices whose axes are swapped first. */
export function products (steps: Steps, factors: Factors, swaps: Swaps): tf.TensorInfo {
  const sizes = sizesOf(factors, swaps)
  const [ofA, ofB] = [factors.a.shape.slice(0, -2), factors.b.shape.slice(0, -2)]
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(ofA, ofB)
  const shape = [...batch, sizes.m, sizes.n]
  const isOne = tf.util.sizeFromShape(ofB) === 1
  if (!isOne && isLittle(sizes) && tf.util.arraysEqual(ofA, ofB)) return steps.run('BatchMatMul', factors, swaps)
  const plain = untransposed(steps, factors, swaps)
  return isOne ? byOne(steps, plain, sizes, shape) : oneByOne(steps, plain, sizes, shape)
}

const isLittle = ({ m, k, n }: Sizes): boolean => m <= FEW_ROWS || m * k * n <= FEW_MULTIPLICATIONS

function sizesOf ({ a, b }: Factors, { transposeA, transposeB }: Swaps): Sizes {
  const [rows = 0, columns = 0] = a.shape.slice(-2)
  return { m: transposeA ? columns : rows, k: transposeA ? rows : columns, n: b.shape.at(transposeB ? -2 : -1) ?? 0 }
}

/** The factors with their axes swapped as asked. */
export function untransposed (steps: Steps, { a, b }: Factors, { transposeA, transposeB }: Swaps): Factors {
  return { a: transposeA ? transpose(steps, a) : a, b: transposeB ? transpose(steps, b) : b }
}

/** `x` with its last two axes swapped. */
function transpose (steps: Steps, x: tf.TensorInfo): tf.TensorInfo {
  const rank = x.shape.length
  return steps.transpose(x, [...Array(rank - 2).keys(), rank - 1, rank - 2])
}

/** All rows at once by the one matrix there is. */
function byOne (steps: Steps, { a, b }: Factors, { m, k, n }: Sizes, shape: number[]): tf.TensorInfo {
  const rows = reshaped(a, [tf.util.sizeFromShape(shape.slice(0, -2)) * m, k])
  return reshaped(steps.run('BatchMatMul', { a: rows, b: reshaped(b, [k, n]) }), shape)
}

/** Every pair by the fast kernel. */
function oneByOne (steps: Steps, { a, b }: Factors, { m, k, n }: Sizes, shape: number[]): tf.TensorInfo {
  const output = steps.make(shape)
  const batch = shape.slice(0, -2)
  const right = placesOf(b.shape.slice(0, -2), batch)
  placesOf(a.shape.slice(0, -2), batch).forEach((left, i) => {
    withPart(steps.wasm, a, left * m * k, [m, k], x => withPart(steps.wasm, b, (right[i] as number) * k * n, [k, n], y => {
      const result = steps.run('BatchMatMul', { a: x, b: y })
      steps.floats(output).set(steps.floats(result), i * m * n)
      steps.free(result)
    }))
  })
  return output
}

/** For every element of `batch`, the place in `shape` that broadcasts to it. */
function placesOf (shape: readonly number[], batch: readonly number[]): number[] {
  const missing = batch.length - shape.length
  return batch.reduce<number[]>((places, size, axis) => {
    const dim = axis < missing ? 1 : shape[axis - missing] as number
    return places.flatMap(place => Array.from({ length: size }, (_, i) => place * dim + (dim === 1 ? 0 : i)))
  }, [0])
}
