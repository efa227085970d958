import fc from 'fast-check'
import t from 'tap'
import type { InferenceInput, InferenceResult } from '../../src/operations/schemas/inference.ts'
import { hostTensor } from '../../src/tensor.ts'
import { parseJson } from '../../src/wire/parse-json.ts'
import { readInstances } from '../../src/wire/predict/instances.ts'
import { predictionsText } from '../../src/wire/predict/predictions.ts'

const LIMITS = { maxElements: 1000 }

const read = (body: unknown): readonly InferenceInput[] => readInstances(parseJson(Buffer.from(JSON.stringify(body))), LIMITS)

const numbers = (parts: InferenceInput['parts']): number[] => [...new Float32Array(Uint8Array.from(Buffer.concat(parts)).buffer)]

/** Inputs as names, shapes and numbers. */
const told = (inputs: readonly InferenceInput[]): unknown[] =>
  inputs.map(({ name, datatype, shape, parts }) => [name, datatype, [...shape], numbers(parts)])

t.test('rows are stacked to the only input, whatever their rank', async t => {
  t.same(told(read({ instances: [[1, 2, 3], [4, 5, 6]] })), [['data', 'FP32', [2, 3], [1, 2, 3, 4, 5, 6]]])
  t.same(told(read({ instances: [1, 2] })), [['data', 'FP32', [2], [1, 2]]])
  t.same(told(read({ instances: [[[1], [2]]] })), [['data', 'FP32', [1, 2, 1], [1, 2]]])
  t.same(told(read({ instances: [['NaN', 'Infinity', '-Infinity']] })), [['data', 'FP32', [1, 3], [NaN, Infinity, -Infinity]]])
  t.same(told(read({ inputs: [[7]], signature_name: 'x' })), [['data', 'FP32', [1, 1], [7]]], 'inputs is another name; other members are ignored')
})

t.test('instances that are objects, and columns, name the inputs', async t => {
  const expected = [['a', 'FP32', [2, 2], [1, 2, 3, 4]], ['b/~', 'FP32', [2], [5, 6]]]
  t.same(told(read({ instances: [{ a: [1, 2], 'b/~': 5 }, { 'b/~': 6, a: [3, 4] }] })), expected)
  t.same(told(read({ inputs: { a: [[1, 2], [3, 4]], 'b/~': [5, 6] } })), expected)
  t.same(told(read({ instances: [{ data: [1] }] })), [['data', 'FP32', [1, 1], [1]]])
  t.same(told(readInstances(JSON.parse('{"instances":[{"__proto__":[1]}]}'), LIMITS)), [['__proto__', 'FP32', [1, 1], [1]]])
})

const nested = (depth: number): string => `${'['.repeat(depth)}1${']'.repeat(depth)}`

const REFUSED: Readonly<Record<string, { body: unknown, code?: string, says: RegExp }>> = {
  'no object': { body: [[1, 2]], says: /the body must be an object, received a list/ },
  nothing: { body: null, says: /received null/ },
  'neither member': { body: { instance: [[1]] }, says: /one of the members instances and inputs/ },
  'both members': { body: { instances: [[1]], inputs: [[1]] }, says: /one of the members/ },
  'instances that are no list': { body: { instances: { data: [1] } }, says: /\/instances must be a list, received an object/ },
  'inputs that are a number': { body: { inputs: 5 }, says: /\/inputs must be an object/ },
  'no instance': { body: { instances: [] }, says: /\/instances is empty/ },
  'no column': { body: { inputs: {} }, says: /\/inputs is empty/ },
  'an instance without members': { body: { instances: [{}] }, says: /\/instances\/0 is empty/ },
  'a column that is no list': { body: { inputs: { 'a/b': 5 } }, says: /\/inputs\/a~1b must be a list, received 5/ },
  'columns of other lengths': { body: { inputs: { a: [1], b: [1, 2] } }, says: /as many rows for each input, received 1, 2/ },
  'rows without elements': { body: { instances: [[], []] }, says: /\/instances holds no elements, but shape \(2, 0\)/ },
  'a column without rows': { body: { inputs: { a: [] } }, says: /\/inputs\/a holds no elements/ },
  'ragged rows': { body: { instances: [[1, 2], [3]] }, code: 'invalid_tensor', says: /\/instances\/1 .*expected a list of 2.*received 1/ },
  'a number among rows': { body: { instances: [[1, 2], 3] }, code: 'invalid_tensor', says: /\/instances\/1/ },
  'a row among numbers': { body: { instances: [1, [2]] }, code: 'invalid_tensor', says: /\/instances\/1 .*received a list of 1/ },
  'an object among rows': { body: { instances: [[1], { data: [1] }] }, code: 'invalid_tensor', says: /\/instances\/1.*received an object/ },
  'a row among objects': { body: { instances: [{ data: [1] }, [1]] }, says: /\/instances\/1 must be an object, received a list of 1/ },
  'an object that lacks a member': { body: { instances: [{ a: 1, b: 2 }, { a: 1 }] }, says: /\/instances\/1 must have the members 'a', 'b'/ },
  'an object that has another member': { body: { instances: [{ a: 1 }, { b: 1 }] }, says: /\/instances\/1 must have the members 'a'/ },
  'rows of other shapes in objects': { body: { instances: [{ 'a~': [1, 2] }, { 'a~': [[1, 2]] }] }, code: 'invalid_tensor', says: /\/instances\/1\/a~0 .*shape \(2,\) .*received \(1, 2\)/ },
  text: { body: { instances: [['a']] }, code: 'invalid_tensor', says: /\/instances\/0\/0 .*received "a"/ },
  'a boolean': { body: { instances: [[true]] }, code: 'invalid_tensor', says: /received true/ },
  null: { body: { instances: [null] }, code: 'invalid_tensor', says: /received null/ },
  'bytes as TensorFlow writes them': { body: { instances: [{ data: { b64: 'AAAA' } }] }, code: 'invalid_tensor', says: /\/instances\/0\/data .*received an object/ },
  'a number beyond float32': { body: { instances: [[1e39]] }, code: 'invalid_tensor', says: /float32's range/ },
  'rows too deep': { body: { instances: JSON.parse(nested(50)) as unknown }, code: 'rank_too_high', says: /the most is 6/ },
  'rows in objects too deep': { body: { instances: [{ a: JSON.parse(nested(6)) as unknown }] }, code: 'rank_too_high', says: /rank 7/ },
  'too many elements': { body: { instances: Array(1001).fill(1) }, code: 'too_many_elements', says: /more than 1000/ },
  'too many elements in objects': { body: { instances: Array(501).fill({ a: [1, 2] }) }, code: 'too_many_elements', says: /more than 1000/ },
  'too many inputs': { body: { inputs: Object.fromEntries(Array.from({ length: 1025 }, (_, i) => [i, [1]])) }, says: /at most 1024/ },
  'a name that is too long': { body: { instances: [{ [`a${'x'.repeat(256)}`]: 1 }] }, says: /at most 256 characters/ }
}

for (const [name, { body, code = 'validation_failed', says }] of Object.entries(REFUSED)) {
  t.test(`${name}: refused, with what was received`, async t => {
    t.throws(() => read(body), { code, message: says })
  })
}

const result = (...outputs: InferenceResult['outputs']): InferenceResult =>
  ({ model: 'm', version: 0, outputs, measured: { input_ns: 0, infer_ns: 0, output_ns: 0, rows: 1, batch: 1, leads: true } })
const output = (name: string, shape: number[], data: number[]) => ({ name, tensor: hostTensor('float32', shape, Float32Array.from(data)) })

t.test('predictions are the rows of the only output, or objects of the rows of several', async t => {
  t.equal(predictionsText(result(output('output', [2, 2], [1, 2, 0.1, 4])), 2), '{"predictions":[[1,2],[0.1,4]]}')
  t.equal(predictionsText(result(output('output', [2], [1, NaN])), 2), '{"predictions":[1,"NaN"]}')
  const both = result(output('a"', [2, 1, 2], [1, 2, 3, 4]), output('b', [2], [5, 6]))
  t.equal(predictionsText(both, 2), '{"predictions":[{"a\\"":[[1,2]],"b":5},{"a\\"":[[3,4]],"b":6}]}')
})

t.test('an output that has not a row for each instance is refused', async t => {
  for (const shape of [[], [1], [3, 1]]) {
    const wrong = result(output('a', [2], [1, 2]), output('b', shape, Array<number>(3).fill(0)))
    t.throws(() => predictionsText(wrong, 2), { code: 'not_by_row', message: /'b' of model 'm'.*2 instance/ })
  }
})

t.test('an answer reads back as the rows that were asked about, of any shape', async t => {
  const shapes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 5 })
  fc.assert(fc.property(shapes, shape => {
    const rows = shape.reduceRight<(at: number) => unknown>((inner, count, axis) => at => Array.from({ length: count }, (_, i) =>
      inner(at * (shape[axis] as number) + i)), at => at)(0) as unknown[]
    const [input] = read({ instances: rows })
    const data = Float32Array.from(numbers(input?.parts ?? []))
    const text = predictionsText(result({ name: 'output', tensor: hostTensor('float32', [...input?.shape ?? []], data) }), rows.length)
    t.same(JSON.parse(text), { predictions: rows })
  }))
})
