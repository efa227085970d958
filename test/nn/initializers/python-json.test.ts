import t from 'tap'
import { pythonJson } from '../../../src/nn/initializers/python-json.ts'

const WRITTEN_BY_PYTHON: ReadonlyArray<readonly [number, string]> = [
  [1, '1.0'], [-0, '-0.0'], [0.1, '0.1'], [1e-4, '0.0001'], [1e-5, '1e-05'], [1.5e-7, '1.5e-07'], [1e16, '1e+16'],
  [123456789012345680, '1.2345678901234568e+17'], [1e22, '1e+22'], [1e100, '1e+100'], [2.5e-300, '2.5e-300'],
  [NaN, 'NaN'], [Infinity, 'Infinity']
]

t.test('floats are written as Python writes them', async t => {
  t.strictSame(WRITTEN_BY_PYTHON.map(([value]) => pythonJson({ x: value }, () => true)), WRITTEN_BY_PYTHON.map(([, text]) => `{"x": ${text}}`))
})

t.test('a number that is not marked as a float stays an integer, inside an array it is a float', async t => {
  const text = pythonJson(['xavier', { magnitude: 3, slope: 2, values: [[1, 2.5]], name: 'a"b', on: true, none: null }], name => name === 'slope')
  t.equal(text, '["xavier", {"magnitude": 3, "slope": 2.0, "values": [[1.0, 2.5]], "name": "a\\"b", "on": true, "none": null}]')
})
