import fc from 'fast-check'
import t from 'tap'
import { fingerprint } from '../../src/runtime/fingerprint.ts'

const tensor = (data: Float32Array | Int32Array): object => ({ operation: 'patchData', input: { slice: ':', add: { shape: [data.length], data } } })

t.test('the same request has the same fingerprint, wherever its numbers lie in memory', async () => {
  fc.assert(fc.property(fc.float32Array(), fc.nat(64), (values, offset) => {
    const elsewhere = new Float32Array(offset + values.length).subarray(offset)
    elsewhere.set(values)
    return fingerprint(tensor(values)) === fingerprint(tensor(elsewhere))
  }))
})

t.test('another request has another fingerprint', async t => {
  const requests = [
    tensor(Float32Array.of(1)), tensor(Float32Array.of(2)), tensor(Float32Array.of(0)), tensor(Float32Array.of(-0)),
    tensor(Int32Array.of(1)), tensor(Float32Array.of(1, 0)), { operation: 'patchData', input: { slice: ':', add: 1 } }, null
  ]
  t.equal(new Set(requests.map(fingerprint)).size, requests.length)
})
