/** What a request of KServe's V1 protocol asks a model about, as the inputs of an inference: row i of each belongs to instance i. */
import { listNames } from '../../errors.ts'
import { ONLY_INPUT } from '../../operations/schemas/inference.ts'
import type { InferenceInput } from '../../operations/schemas/inference.ts'
import { formatShape, sameShape, sizeOf } from '../../tensor.ts'
import type { TypedArray } from '../../tensor.ts'
import { checkShape, decodeNested, invalid } from '../decode-elements.ts'
import type { Nested, TensorLimits } from '../decode-elements.ts'
import { escapePointer } from '../decoder.ts'
import { ELEMENTS } from '../elements.ts'
import { isObject } from '../is-object.ts'
import { asObject, list, tensorName, tensors, wrong } from '../oip/members.ts'
import type { Members } from '../oip/members.ts'

type Inputs = readonly InferenceInput[]
type Rows = readonly unknown[]

/**
 * The inputs of `{"instances": …}`, or of `{"inputs": …}`, which may also be an object of columns. Each has the same number of rows, at
 * least one. Throws `validation_failed`, `invalid_tensor`, `rank_too_high`, `too_many_elements`.
 */
export function readInstances (body: unknown, limits: TensorLimits): Inputs {
  const { instances, inputs } = asObject(body, '')
  if ((instances === undefined) === (inputs === undefined)) throw wrong('', 'must have one of the members instances and inputs')
  if (instances !== undefined) return fromRows(list(instances, '/instances'), '/instances', limits)
  return Array.isArray(inputs) ? fromRows(inputs, '/inputs', limits) : fromColumns(asObject(inputs, '/inputs'), limits)
}

function fromRows (rows: Rows, pointer: string, limits: TensorLimits): Inputs {
  if (rows.length === 0) throw wrong(pointer, 'is empty; at least one instance is expected')
  if (isObject(rows[0])) return fromObjects(rows.map((row, i) => asObject(row, `${pointer}/${i}`)), pointer, limits)
  return [inputOf(ONLY_INPUT, decodeRows(rows, pointer, limits), pointer)]
}

const decodeRows = (rows: unknown, pointer: string, limits: TensorLimits): Nested<TypedArray> =>
  decodeNested(rows, ELEMENTS.float32, pointer, limits)

/** Instances that name the inputs. */
function fromObjects (rows: readonly Members[], pointer: string, limits: TensorLimits): Inputs {
  const names = namesIn(rows[0] ?? {}, `${pointer}/0`)
  const other = rows.findIndex(row => Object.keys(row).length !== names.length || !names.every(name => Object.hasOwn(row, name)))
  if (other !== -1) throw wrong(`${pointer}/${other}`, `must have the members ${listNames(names)}, as the first instance has`)
  return names.map(name => {
    const at = (i: number): string => `${pointer}/${i}/${escapePointer(name)}`
    return inputOf(name, stacked(rows.map((row, i) => decodeRows(row[name], at(i), limits)), at, limits), at(0))
  })
}

function fromColumns (columns: Members, limits: TensorLimits): Inputs {
  const names = namesIn(columns, '/inputs')
  const inputs = names.map(name => {
    const at = `/inputs/${escapePointer(name)}`
    return inputOf(name, decodeRows(list(columns[name], at), at, limits), at)
  })
  const counts = new Set(inputs.map(({ shape }) => shape[0]))
  if (counts.size > 1) throw wrong('/inputs', `must have as many rows for each input, received ${[...counts].slice(0, 7).join(', ')}`)
  return inputs
}

function namesIn (members: Members, pointer: string): string[] {
  const names = tensors(Object.keys(members), pointer).map(name => tensorName(name, pointer))
  if (names.length === 0) throw wrong(pointer, 'is empty; the inputs of the model are expected')
  return names
}

/** Rows under each other; `at` tells where one stands. */
function stacked (rows: ReadonlyArray<Nested<TypedArray>>, at: (row: number) => string, limits: TensorLimits): Nested<TypedArray> {
  const { shape: first = [] } = rows[0] ?? {}
  rows.forEach(({ shape }, i) => {
    if (!sameShape(shape, first)) throw invalid(at(i), `expected shape ${formatShape(first)} as before, received ${formatShape(shape)}`)
  })
  const shape = checkShape([rows.length, ...first], at(0), limits)
  const elements = ELEMENTS.float32.allocate(sizeOf(shape))
  rows.forEach((row, i) => { (elements as Float32Array).set(row.elements as Float32Array, i * sizeOf(first)) })
  return { shape, elements }
}

function inputOf (name: string, { shape, elements }: Nested<TypedArray>, pointer: string): InferenceInput {
  const { buffer, byteOffset, byteLength } = elements
  if (byteLength === 0) throw wrong(pointer, `holds no elements, but shape ${formatShape(shape)}`)
  return { name, datatype: 'FP32', shape, parts: [new Uint8Array(buffer, byteOffset, byteLength)] }
}
