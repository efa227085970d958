import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { encodeFrame } from '../../src/engine/codec.ts'
import { Cutter } from '../../src/engine/cutter.ts'

const message = fc.record({ id: fc.nat(), data: fc.float32Array({ maxLength: 12 }) }, { noNullPrototype: true })
const batches = fc.array(fc.array(message, { maxLength: 3 }), { maxLength: 5 })
const chunkSizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 })

t.test('however a stream is cut into chunks, the same messages come out in order', async () => {
  fc.assert(fc.property(batches, chunkSizes, (batches, sizes) => {
    const stream = Buffer.concat(batches.map(batch => encodeFrame(batch)))
    const cutter = new Cutter()
    const messages: unknown[] = []
    for (let at = 0, i = 0; at < stream.length; i++) {
      const size = sizes[i % sizes.length] as number
      messages.push(...cutter.push(stream.subarray(at, at + size)))
      at += size
    }
    deepStrictEqual(messages, batches.flat())
    deepStrictEqual(cutter.atBoundary, true)
  }))
})

t.test('frames that arrive together are delivered together', async t => {
  const chunk = Buffer.concat([encodeFrame([1, 2]), encodeFrame([3])])
  t.same(new Cutter().push(chunk), [1, 2, 3])
})

t.test('the chunk may be used again: messages do not share its memory', async t => {
  const chunk = encodeFrame([new Float32Array([5])])
  const [values] = new Cutter().push(chunk) as [Float32Array]
  chunk.fill(0)
  t.same(values, new Float32Array([5]))
})

t.test('a stream that stops inside a frame is not at a boundary', async t => {
  const cutter = new Cutter()
  const frame = encodeFrame(['x'])
  t.same(cutter.push(frame.subarray(0, 3)), [])
  t.notOk(cutter.atBoundary)
  t.same(cutter.push(frame.subarray(3)), ['x'])
  t.ok(cutter.atBoundary)
})

t.test('a stream that is no frame is refused at its head', async t => {
  t.throws(() => new Cutter().push(new Uint8Array(16)), { code: 'channel_frame' })
})
