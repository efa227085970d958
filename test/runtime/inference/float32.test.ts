import fc from 'fast-check'
import t from 'tap'
import type { Datatype } from '../../../src/operations/datatypes.ts'
import type { InferenceInput } from '../../../src/operations/schemas/inference.ts'
import { float32Of } from '../../../src/runtime/inference/float32.ts'
import { float16ToNumber } from '../../../src/float16.ts'
import { DATATYPES, rawBytes, sampleTensor, type Element, type SampleTensor } from '../../http/wire/oip/tensors.ts'

const whole = (bytes: Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

/** An input whose bytes lie in pieces at odd places. */
function scattered (tensor: SampleTensor, cut: number): InferenceInput {
  const bytes = rawBytes(tensor)
  const at = cut % (bytes.length + 1)
  const shifted = new Uint8Array(bytes.length + 3)
  shifted.set(bytes, 3)
  const parts = [shifted.subarray(3, 3 + at), shifted.subarray(3 + at)]
  return { name: 'data', datatype: tensor.datatype as Datatype, shape: tensor.shape, parts }
}

function valueOf (datatype: string, element: Element): number | bigint {
  if (datatype === 'FP16') return float16ToNumber(element as number)
  if (datatype === 'BF16') return new Float32Array(Uint32Array.of((element as number) * 65_536).buffer)[0] as number
  return typeof element === 'boolean' ? Number(element) : element
}

/** Whether float32 has the value, found in another way: by its digits. */
function isExact (value: number | bigint): boolean {
  const rounded = Math.fround(Number(value))
  return Number.isNaN(rounded) || (typeof value === 'bigint' ? Number.isFinite(rounded) && BigInt(rounded) === value : Object.is(rounded, value))
}

t.test('values that float32 has come through, of any datatype and however the bytes lie; others are refused by their place', async t => {
  fc.assert(fc.property(fc.tuple(sampleTensor, fc.nat(1000)), ([tensor, cut]) => {
    const values = tensor.elements.map(element => valueOf(tensor.datatype, element))
    const wrong = values.findIndex(value => !isExact(value))
    const input = scattered(tensor, cut)
    if (wrong === -1) t.same([...float32Of(input)], values.map(Number))
    else t.throws(() => float32Of(input), { code: 'inexact_input', message: new RegExp(`${tensor.datatype} value .* at position ${wrong},`) })
  }), { numRuns: 500 })
})

const input = (datatype: Datatype, elements: readonly Element[]): InferenceInput => {
  const tensor: SampleTensor = { datatype, shape: [elements.length], elements, form: 'binary' }
  return { name: 'data', datatype, shape: [elements.length], parts: [whole(rawBytes(tensor))] }
}

t.test('the edges of what is exact', async t => {
  t.same([...float32Of(input('INT64', [2n ** 60n, -(2n ** 63n), 0n]))], [2 ** 60, -(2 ** 63), 0], 'large powers of two')
  t.same([...float32Of(input('UINT64', [2n ** 63n]))], [2 ** 63])
  t.same([...float32Of(input('INT32', [2 ** 24, -(2 ** 24)]))], [2 ** 24, -(2 ** 24)])
  t.throws(() => float32Of(input('INT32', [0, 2 ** 24 + 1])), { code: 'inexact_input', message: /INT32 value 16777217 at position 1/ })
  t.throws(() => float32Of(input('INT64', [2n ** 53n + 1n])), { message: /9007199254740993/ })
  t.throws(() => float32Of(input('UINT64', [2n ** 64n - 1n])), { message: /18446744073709551615/ })
  t.throws(() => float32Of(input('FP64', [0.5, 0.1])), { message: /FP64 value 0.1 at position 1/ })
  t.throws(() => float32Of(input('FP64', [1e300])), { message: /1e\+300/ })
  t.same([...float32Of(input('FP64', [0.5, NaN, Infinity, -0]))], [0.5, NaN, Infinity, -0])
  t.same([...float32Of(input('FP32', [0.1]))], [Math.fround(0.1)])
})

t.test('float32 that lies well is not copied', async t => {
  const given = input('FP32', [1, 2, 3])
  t.equal(float32Of(given).buffer, given.parts[0]?.buffer)
})

t.test('bytes that do not fill the shape, and text, are refused', async t => {
  const short = { ...input('FP32', [1, 2]), shape: [3] }
  t.throws(() => float32Of(short), { code: 'invalid_tensor', message: /'data'.*\(3,\) of FP32 takes 12 bytes, received 8/ })
  t.throws(() => float32Of({ name: 'data', datatype: 'BYTES', shape: [0], parts: [] }), { code: 'invalid_tensor', message: /text/ })
  t.equal(Object.keys(DATATYPES).length, 13, 'all datatypes but text are tried above')
})
