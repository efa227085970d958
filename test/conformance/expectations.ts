/** One comparer per expectation: why what was received is not what was expected, or undefined. */
import { BlockserveError } from '../../src/errors.ts'
import type { Expectation, PrintedNumber, PrintedParameter, PrintedTensor } from './format.ts'
import type { Measured, Received, ReceivedParameter } from './received.ts'
import { tensorMismatch } from './tensors.ts'

type Printed<T> = Readonly<Record<string, T>>
type Named = ReadonlyMap<string, Measured | null>
type Comparer = (expected: never, received: Received) => string | undefined

const COMPARERS: Readonly<Record<string, Comparer>> = {
  tensor: (expected: PrintedTensor, { tensor }) => measuredMismatch(expected, tensor),
  tensors: (expected: Printed<PrintedTensor | null>, { tensors }) => namedMismatch(expected, tensors),
  states: (expected: readonly PrintedTensor[], { list }) => listMismatch(expected, list),
  list: (expected: ReadonlyArray<string | PrintedTensor>, { list }) => listMismatch(expected, list),
  dict: (expected: Printed<PrintedTensor>, { dict }) => namedMismatch(expected, dict),
  params: (expected: PrintedParameters, { params }) => paramsMismatch(expected, params),
  structural: (expected: unknown, { structural }) => jsonMismatch(expected, structural),
  names: (expected: unknown, { list }) => jsonMismatch(expected, list),
  text: (expected: string, { text }) => textMismatch(expected, text),
  dumps: (expected: string, { dumps }) => textMismatch(expected, dumps),
  prefix: (expected: string, { prefix }) => textMismatch(expected, prefix),
  stdout: (expected: string, { stdout }) => textMismatch(expected, stdout),
  scalar: (expected: PrintedNumber, { tensor }) => scalarMismatch(expected, tensor),
  warnings: (expected: readonly unknown[], { warnings = [] }) => textMismatch(`${expected.length} warnings`, `${warnings.length} warnings`),
  file: (expected: { bytes: number, sha256: string }, { file }) => fileMismatch(expected, file)
}

/** The first unmet expectation of a step that did not fail; undefined when all hold. */
export function unmet (expected: Expectation, received: Received): string | undefined {
  for (const [key, value] of Object.entries(expected)) {
    const compare = COMPARERS[key]
    if (compare === undefined) return `not built: expectation '${key}'`
    const mismatch = compare(value as never, received)
    if (mismatch !== undefined) return `${key}: ${mismatch}`
  }
  return undefined
}

/** Why an error is not of the expected class; undefined when it is. Only errors of our table have a class. */
export function wrongError (expected: string, error: unknown): string | undefined {
  if (error instanceof BlockserveError && error.kind === expected) return undefined
  return `expected an error of kind ${expected}, received ${describeError(error)}`
}

export function describeError (error: unknown): string {
  if (error instanceof BlockserveError) return `${error.kind ?? 'no kind'} ${error.code}: ${error.message}`
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

function measuredMismatch (expected: PrintedTensor | null, received: Measured | null | undefined): string | undefined {
  if (expected === null) return received === null ? undefined : 'expected none, received one'
  return received == null ? 'expected a tensor, received none' : tensorMismatch(expected, received)
}

function scalarMismatch (expected: PrintedNumber, received: Measured | undefined): string | undefined {
  if (received === undefined) return 'expected a number, received none'
  const { shape, dtype } = received.tensor
  return tensorMismatch({ shape, dtype, values: [expected] }, received)
}

function namedMismatch (expected: Printed<PrintedTensor | null>, received: Named | undefined): string | undefined {
  const names = jsonMismatch(Object.keys(expected).sort(), [...received?.keys() ?? []].sort())
  if (names !== undefined) return names
  for (const [name, tensor] of Object.entries(expected)) {
    const mismatch = measuredMismatch(tensor, received?.get(name))
    if (mismatch !== undefined) return `${name}: ${mismatch}`
  }
  return undefined
}

function listMismatch (expected: ReadonlyArray<string | PrintedTensor>, received: Received['list'] = []): string | undefined {
  if (expected.length !== received.length) return `expected ${expected.length} entries, received ${received.length}`
  for (const [i, item] of expected.entries()) {
    const found = received[i]
    const mismatch = typeof item === 'string' || typeof found === 'string'
      ? jsonMismatch(item, found)
      : measuredMismatch(item, found)
    if (mismatch !== undefined) return `${i}: ${mismatch}`
  }
  return undefined
}

type PrintedParameters = readonly PrintedParameter[] | Printed<PrintedTensor | null>

function paramsMismatch (expected: PrintedParameters, received: Received['params']): string | undefined {
  if (!Array.isArray(expected)) return namedMismatch(expected as Printed<PrintedTensor | null>, received as Named | undefined)
  const [wanted, found] = [expected as readonly PrintedParameter[], (received ?? []) as readonly ReceivedParameter[]]
  const names = jsonMismatch(wanted.map(({ name }) => name), found.map(({ name }) => name))
  if (names !== undefined) return names
  for (const [i, parameter] of wanted.entries()) {
    const mismatch = parameterMismatch(parameter, found[i] as ReceivedParameter)
    if (mismatch !== undefined) return `${parameter.name}: ${mismatch}`
  }
  return undefined
}

function parameterMismatch ({ data: wanted, ...expected }: PrintedParameter, { data, ...received }: ReceivedParameter): string | undefined {
  const mismatch = jsonMismatch(expected, received)
  if (mismatch !== undefined) return mismatch
  if (wanted === undefined) return data === undefined ? undefined : 'expected no value, received one'
  return measuredMismatch(wanted, data)
}

function fileMismatch (expected: { bytes: number, sha256: string }, received: Received['file']): string | undefined {
  if (expected.bytes !== received?.bytes) return `expected ${expected.bytes} bytes, received ${received?.bytes}`
  if (received.closeness !== 'exact' || expected.sha256 === received.sha256) return undefined
  return `expected sha256 ${expected.sha256}, received ${received.sha256}`
}

function textMismatch (expected: string, received: string | undefined): string | undefined {
  return expected === received ? undefined : `expected ${JSON.stringify(expected)}, received ${JSON.stringify(received)}`
}

/** Compares values made of JSON, members in any order. */
function jsonMismatch (expected: unknown, received: unknown): string | undefined {
  return textMismatch(canonical(expected), canonical(received))
}

function canonical (value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => a < b ? -1 : 1))
  })
}
