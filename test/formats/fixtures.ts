import { readdirSync, readFileSync } from 'node:fs'
import { DTYPES, hostTensor, type DType, type HostTensor, type Shape } from '../../src/tensor.ts'

const folder = new URL('../../../test/fixtures/gluon/', import.meta.url)

/** A file that the real MXNet wrote. */
export const binFile = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`bin/${name}`, folder)))

/** The names of all array files that the real MXNet wrote. */
export const paramsFiles = (): string[] => readdirSync(new URL('bin/', folder)).filter(name => name.endsWith('.params'))

/** A tensor as the fixtures print it. */
export interface Printed {
  readonly shape: Shape
  readonly dtype: DType
  readonly values: ReadonlyArray<number | string | boolean>
}

export interface Step {
  readonly op: string
  readonly out: string
  readonly file: string
  readonly data: string | readonly string[] | Readonly<Record<string, string>>
  readonly keep?: string
  readonly expect?: {
    readonly file?: { readonly bytes: number, readonly sha256: string }
    readonly list?: readonly Printed[]
    readonly dict?: Readonly<Record<string, Printed>>
  }
}

export interface Case { readonly id: string, readonly mode?: 'nd', readonly program: ReadonlyArray<Step & Printed> }

export function cases (file: string): readonly Case[] {
  return (JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as { cases: Case[] }).cases
}

/** The tensor a printed one stands for. */
export function parse ({ shape, dtype, values }: Printed): HostTensor {
  if (dtype === 'int64') return hostTensor(dtype, shape, BigInt64Array.from(values, value => BigInt(value)))
  const numbers = values.map(Number)
  const Values = DTYPES[dtype].array
  return hostTensor(dtype, shape, new Values(dtype === 'float16' ? numbers.map(nearestHalf) : numbers))
}

/** The bits of the binary16 number nearest to `value`, found by trying every one. */
function nearestHalf (value: number): number {
  let best = 0
  for (let bits = 0; bits < 65536; bits++) {
    if (Math.abs(halfValue(bits) - value) < Math.abs(halfValue(best) - value)) best = bits
  }
  return best
}

/** What the bits of a binary16 number mean. */
export function halfValue (bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25)
}
