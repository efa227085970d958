/** Cases of the reference data, step by step. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hostTensor, type HostTensor } from '../../../src/tensor.ts'
import { ROOT } from '../../source.ts'

interface Printed { readonly shape: readonly number[], readonly dtype: string, readonly values: ReadonlyArray<number | string> }

interface Expected {
  readonly tensor?: Printed
  readonly tensors?: Readonly<Record<string, Printed>>
  readonly params?: Readonly<Record<string, Printed>>
  readonly text?: string
  readonly stdout?: string
}

interface Built {
  readonly args?: Readonly<Record<string, unknown>>
  readonly children?: readonly Built[]
}

export interface Step {
  readonly op: string
  readonly out?: string
  readonly what?: string
  readonly value?: number
  /** What is built, or the name of what is meant. */
  readonly block?: Built
  readonly expect?: Expected
  readonly steps?: readonly Step[]
}

interface File { readonly cases: ReadonlyArray<{ readonly id: string, readonly program: readonly Step[] }> }

/** The steps of a case, those inside a recording among them. */
export function stepsOf (file: string, id: string): Step[] {
  const { cases } = JSON.parse(readFileSync(join(ROOT, 'test/fixtures/gluon', `${file}.json`), 'utf8')) as File
  const found = cases.find(one => one.id === id)
  if (found === undefined) throw new Error(`${file}.json has no case ${id}`)
  return found.program.flatMap(step => [step, ...step.steps ?? []])
}

/** What step number `n` of that kind put out. */
export function stepOf (steps: readonly Step[], op: string, n = 0): Step {
  const found = steps.filter(step => step.op === op)[n]
  if (found === undefined) throw new Error(`there is no step ${op} number ${n}`)
  return found
}

/** A printed float32 tensor. */
export function tensorOf (printed: Printed | undefined): HostTensor {
  if (printed?.dtype !== 'float32') throw new Error('it is no float32 tensor')
  return hostTensor('float32', printed.shape, Float32Array.from(printed.values, Number))
}
