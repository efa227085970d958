/** An inference request: JSON, then the raw elements of its binary inputs, as the binary_tensor_data extension has it. */
import { LRUCache } from 'lru-cache'
import type { InferenceInput } from '../../../operations/schemas/inference.ts'
import { decodeShaped } from '../../../wire/decode-elements.ts'
import type { TensorLimits } from '../../../wire/decode-elements.ts'
import { JSON_ELEMENTS } from '../../../wire/oip/elements.ts'
import type { Described } from '../../../wire/oip/input.ts'
import { wrong } from '../../../wire/oip/members.ts'
import { takeLists } from '../../../wire/number-lists.ts'
import type { Taken } from '../../../wire/number-lists.ts'
import { parseJson } from '../../../wire/parse-json.ts'
import type { Body } from './body.ts'
import { planOf } from './plan.ts'
import type { Plan, PlannedInput } from './plan.ts'

export interface InferenceRequest extends Omit<Plan, 'inputs'> {
  readonly inputs: readonly InferenceInput[]
  /** The whole body, where it is the elements of the model's only input. */
  readonly raw?: InferenceInput['parts']
}

const NO_JSON: InferenceRequest = {
  id: undefined, inputs: [], requested: undefined, binary: new Map(), binaryDefault: true, timeoutUs: undefined, priority: undefined
}

/** Plans that are remembered, and the most bytes of their texts. */
const MOST_PLANS = 256
const LONGEST_TEXT = 2048

/** Reads bodies. Clients send the same JSON again and again, but for the elements; so what it says is read once. */
export class InferenceReader {
  readonly #limits: TensorLimits
  readonly #plans = new LRUCache<string, Plan>({ max: MOST_PLANS })

  constructor (limits: TensorLimits) { this.#limits = limits }

  /**
   * `jsonLength` is what Inference-Header-Content-Length says: 0 for a body that is nothing but elements, undefined for one that is nothing
   * but JSON. Throws `invalid_json`, `validation_failed`, `invalid_tensor`, `rank_too_high`, `too_many_elements`.
   */
  read (body: Body, jsonLength: number | undefined): InferenceRequest {
    if (jsonLength === 0) return { ...NO_JSON, raw: body.parts }
    const end = jsonLength ?? body.length
    const { rest, numbers } = takeLists(body.contiguous(0, end))
    const plan = this.#planOf(rest)
    const elements = new Elements(body, end)
    const inputs = plan.inputs.map((input, i) => ({ ...input.described, parts: this.#parts(input, `/inputs/${i}`, elements, numbers) }))
    elements.end()
    return { ...plan, inputs }
  }

  #planOf (text: Buffer): Plan {
    if (text.length > LONGEST_TEXT) return planOf(parseJson(text), this.#limits)
    const key = text.toString('latin1')
    const known = this.#plans.get(key)
    if (known !== undefined) return known
    const plan = planOf(parseJson(text), this.#limits)
    this.#plans.set(key, plan)
    return plan
  }

  #parts ({ described, bytes, data }: PlannedInput, pointer: string, elements: Elements, numbers: Taken['numbers']): InferenceInput['parts'] {
    return bytes === undefined ? [jsonData(numbers(data), described, pointer, this.#limits)] : elements.take(bytes, described.name)
  }
}

/** The bytes behind the JSON, taken in order. */
class Elements {
  readonly #body: Body
  #at: number

  constructor (body: Body, start: number) {
    this.#body = body
    this.#at = start
  }

  take (bytes: number, name: string): InferenceInput['parts'] {
    const left = this.#body.length - this.#at
    if (bytes > left) throw wrong('', `has ${left} of the ${bytes} bytes of the input '${name}'; ${bytes - left} more are expected`)
    const start = this.#at
    this.#at += bytes
    return this.#body.slice(start, this.#at)
  }

  end (): void {
    const left = this.#body.length - this.#at
    if (left > 0) throw wrong('', `has ${left} bytes left over behind its JSON and the bytes of its inputs`)
  }
}

function jsonData (data: unknown, { datatype, shape }: Described, pointer: string, limits: TensorLimits): Uint8Array<ArrayBuffer> {
  if (data === undefined) throw wrong(pointer, 'has neither data nor, in its parameters, binary_data_size')
  const kind = JSON_ELEMENTS[datatype]
  if (kind === undefined) throw wrong(`${pointer}/datatype`, `is ${datatype}, which JSON cannot hold exactly; send it as binary data`)
  const { buffer, byteOffset, byteLength } = decodeShaped(shape, kind, data, `${pointer}/data`, limits)
  return new Uint8Array(buffer, byteOffset, byteLength)
}
