/** Printed tensors ⇄ tensors in host memory, and whether two are close enough. */
import { createHash } from 'node:crypto'
import { float16ToNumber, numberToFloat16 } from '../../src/float16.ts'
import { bytesOf, DTYPES, formatShape, hostTensor, sameShape, type DType, type HostTensor, type TypedArray } from '../../src/tensor.ts'
import type { PrintedNumber, PrintedTensor } from './format.ts'
import type { Closeness, Measured, Tolerance } from './received.ts'

const HALF: Tolerance = { relative: 1e-3, absolute: 1e-3 }

/** The tensor that printed values stand for. */
export function parseTensor ({ shape, dtype, values = [] }: PrintedTensor): HostTensor {
  return hostTensor(dtype, shape, parseValues(dtype, values))
}

/** Why `received` is not the expected tensor; undefined when it is. */
export function tensorMismatch (expected: PrintedTensor, { tensor, closeness, scale }: Measured): string | undefined {
  if (tensor.dtype !== expected.dtype) return `dtype: expected ${expected.dtype}, received ${tensor.dtype}`
  if (!sameShape(tensor.shape, expected.shape)) return `shape: expected ${formatShape(expected.shape)}, received ${formatShape(tensor.shape)}`
  const allowed = tensor.dtype === 'float16' && closeness !== 'exact' ? HALF : closeness
  if (expected.values !== undefined) return valuesMismatch(tensor, parseValues(tensor.dtype, expected.values), allowed, scale)
  return digestMismatch(expected, tensor, allowed)
}

/** The sha256 of the little-endian bytes. */
export const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The largest finite magnitude. */
export function largest (numbers: Iterable<number>): number {
  let most = 0
  for (const value of numbers) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value))
  return most
}

/** The values as numbers; exact but for int64 beyond 2^53. */
export function numbersOf ({ dtype, data }: Pick<HostTensor, 'dtype' | 'data'>): Float64Array {
  if (dtype === 'float16') return Float64Array.from(data as Uint16Array, float16ToNumber)
  return Float64Array.from(data as Iterable<number | bigint>, Number)
}

function parseValues (dtype: DType, values: readonly PrintedNumber[]): TypedArray {
  if (dtype === 'int64') return BigInt64Array.from(values, value => BigInt(value))
  const numbers = Array.from(values, Number)
  if (dtype === 'float16') return Uint16Array.from(numbers, numberToFloat16)
  const { array: Values } = DTYPES[dtype]
  return new Values(numbers)
}

function digestMismatch (expected: PrintedTensor, tensor: HostTensor, closeness: Closeness): string | undefined {
  if (digest(bytesOf(tensor)) === expected.sha256) return undefined
  if (closeness === 'exact') return `sha256 of the values differs, they start ${shorten(tensor)}; expected ${String(expected.first?.slice(0, 3))}`
  return partMismatch(expected, tensor, closeness) ?? sumMismatch(expected, tensor, closeness)
}

function partMismatch (expected: PrintedTensor, tensor: HostTensor, closeness: Tolerance): string | undefined {
  const stride = expected.stride ?? 1
  const { first = [], last = [], sample = [] } = expected
  const scale = largest(numbersOf(tensor))
  const picked = sample.map((_, i) => i * stride)
  const from = tensor.data.length - last.length
  const positions = [...first.keys(), ...[...last.keys()].map(i => from + i), ...picked]
  const wanted = parseValues(tensor.dtype, [...first, ...last, ...sample])
  const found = hostTensor(tensor.dtype, [positions.length], pick(tensor.data, positions))
  return valuesMismatch(found, wanted, closeness, scale)
}

function sumMismatch (expected: PrintedTensor, tensor: HostTensor, closeness: Tolerance): string | undefined {
  const numbers = numbersOf(tensor)
  const [sum, sumsq] = [numbers.reduce((a, b) => a + b, 0), numbers.reduce((a, b) => a + b * b, 0)]
  const relative = closeness.relative + closeness.absolute
  const magnitude = Math.sqrt(sumsq * numbers.length)
  if (!(Math.abs(sum - Number(expected.sum)) <= relative * magnitude)) return `sum: expected ${String(expected.sum)}, received ${sum}`
  if (!(Math.abs(sumsq - Number(expected.sumsq)) <= 2 * relative * sumsq)) return `sum of squares: expected ${String(expected.sumsq)}, received ${sumsq}`
  return undefined
}

function pick (data: TypedArray, positions: readonly number[]): TypedArray {
  const Values = data.constructor as new (values: ArrayLike<number | bigint>) => TypedArray
  return new Values(positions.map(i => data[i] as number | bigint))
}

function valuesMismatch (received: HostTensor, expected: TypedArray, closeness: Closeness, scale = 0): string | undefined {
  const [found, wanted] = [numbersOf(received), numbersOf({ dtype: received.dtype, data: expected })]
  const isClose = closeness === 'exact' ? Object.is : within(closeness, Math.max(largest(wanted), scale))
  const at = wanted.findIndex((value, i) => !isClose(found[i] as number, value))
  if (found.length !== wanted.length) return `expected ${wanted.length} values, received ${found.length}`
  return at === -1 ? undefined : `value ${at} of ${wanted.length}: expected ${wanted[at]}, received ${found[at]}`
}

function within ({ relative, absolute }: Tolerance, scale: number): (found: number, wanted: number) => boolean {
  return (found, wanted) => {
    if (Object.is(found, wanted)) return true
    return Math.abs(found - wanted) <= relative * Math.abs(wanted) + absolute * scale
  }
}

const shorten = (tensor: HostTensor): string => [...numbersOf(tensor).subarray(0, 3)].map(String).join(', ')
