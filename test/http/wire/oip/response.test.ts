import fc from 'fast-check'
import t from 'tap'
import { encodeInference } from '../../../../src/http/wire/oip/response.ts'
import type { InferenceOutput, InferenceResult } from '../../../../src/operations/schemas/inference.ts'
import { hostTensor } from '../../../../src/tensor.ts'

const MEASURED = { input_ns: 1, infer_ns: 1, output_ns: 1, rows: 1, batch: 1, leads: true }
const result = (...outputs: InferenceOutput[]): InferenceResult => ({ model: 'm', version: 3, outputs, measured: MEASURED })
const float32 = (name: string, shape: number[], data: readonly number[]): InferenceOutput =>
  ({ name, tensor: hostTensor('float32', shape, Float32Array.from(data)) })
const form = (binary: Record<string, boolean> = {}, binaryDefault = false, id?: string) =>
  ({ id, binary: new Map(Object.entries(binary)), binaryDefault })

interface WireOutput {
  readonly name: string
  readonly shape: number[]
  readonly data?: Array<number | string>
  readonly parameters?: { readonly binary_data_size: number }
}

/** Reads an answer as a client does. */
function read ({ json, binary }: ReturnType<typeof encodeInference>): Array<{ name: string, shape: number[], values: number[] }> {
  const { outputs } = JSON.parse(json) as { outputs: WireOutput[] }
  const rest = Buffer.concat(binary ?? [])
  let at = 0
  const read = outputs.map(({ name, shape, data, parameters }) => {
    if (data !== undefined) return { name, shape, values: data.map(Number) }
    const size = parameters?.binary_data_size ?? 0
    const values = Array.from({ length: size / 4 }, (_, i) => rest.readFloatLE(at + i * 4))
    at += size
    return { name, shape, values }
  })
  t.equal(at, rest.length, 'all bytes are announced')
  return read
}

t.test('any mix of JSON and binary outputs reads back the same, bit for bit', async t => {
  const output = fc.tuple(fc.array(fc.float(), { maxLength: 20 }), fc.boolean())
  fc.assert(fc.property(fc.array(output, { maxLength: 5 }), outputs => {
    const tensors = outputs.map(([values], i) => float32(`o${i}`, [values.length], values))
    const asked = form(Object.fromEntries(outputs.map(([, isBinary], i) => [`o${i}`, isBinary])))
    const found = read(encodeInference(result(...tensors), asked))
    found.forEach(({ name, shape, values }, i) => {
      const expected = (outputs[i] as [number[], boolean])[0]
      t.same([name, shape], [`o${i}`, [expected.length]])
      const isSame = values.every((value, j) => Object.is(Math.fround(value), Math.fround(expected[j] as number)))
      t.ok(isSame, `${values.join()} for ${expected.join()}`)
    })
  }), { numRuns: 200 })
})

t.test('an answer has model, version and id, and no binary part unless asked for', async t => {
  const output = float32('output', [1, 2], [0.1, NaN])
  t.same(encodeInference(result(output), form({}, false, 'a"b')), {
    json: '{"model_name":"m","model_version":"3","id":"a\\"b","outputs":' +
      '[{"name":"output","datatype":"FP32","shape":[1,2],"data":[0.1,"NaN"]}]}',
    binary: undefined
  })
  t.notMatch(encodeInference(result(output), form()).json, /"id"/)
  t.match(encodeInference(result(output), form({}, true)), { json: /"parameters":\{"binary_data_size":8\}/, binary: [{ byteLength: 8 }] })
  t.equal(encodeInference(result(output), form({ output: false }, true)).binary, undefined, 'the output\'s own wish counts')
  t.same(encodeInference(result(float32('output', [0, 2], [])), form({}, true)).binary?.length, 1, 'nothing, in binary, is still binary')
})

t.test('every dtype has its datatype', async t => {
  const tensors: InferenceOutput[] = [
    { name: 'b', tensor: hostTensor('bool', [2], Uint8Array.of(0, 1)) },
    { name: 'i', tensor: hostTensor('int32', [1], Int32Array.of(-5)) },
    { name: 'l', tensor: hostTensor('int64', [1], BigInt64Array.of(-5n)) }
  ]
  const { outputs } = JSON.parse(encodeInference(result(...tensors), form()).json) as { outputs: unknown }
  t.same(outputs, [
    { name: 'b', datatype: 'BOOL', shape: [2], data: [false, true] }, { name: 'i', datatype: 'INT32', shape: [1], data: [-5] },
    { name: 'l', datatype: 'INT64', shape: [1], data: [-5] }
  ])
})

t.test('classes are texts of value and index, in binary each behind its length', async t => {
  const classes: InferenceOutput = {
    name: 'output', classes: { values: hostTensor('float32', [1, 3], Float32Array.of(0.5, 1e-7, NaN)), indices: Int32Array.of(7, 0, 12) }
  }
  const { outputs: [output] } = JSON.parse(encodeInference(result(classes), form()).json) as { outputs: unknown[] }
  t.same(output, { name: 'output', datatype: 'BYTES', shape: [1, 3], data: ['0.5:7', '1e-7:0', 'NaN:12'] })
  const { json, binary: [bytes] = [] } = encodeInference(result(classes), form({ output: true }))
  t.equal(Buffer.from(bytes ?? []).toString('latin1'), '\x05\0\0\x000.5:7\x06\0\0\x001e-7:0\x06\0\0\0NaN:12')
  t.match(json, /"datatype":"BYTES","shape":\[1,3\],"parameters":\{"binary_data_size":29\}/)
})
