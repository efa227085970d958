import { Readable } from 'node:stream'
import fc from 'fast-check'
import t from 'tap'
import { Body, collect } from '../../../../src/http/wire/oip/body.ts'

const bytes = (...values: number[]): Buffer<ArrayBuffer> => Buffer.from(values)
const cut = (whole: Buffer<ArrayBuffer>, places: readonly number[]): Buffer<ArrayBuffer>[] => {
  const ends = [...new Set(places.map(place => place % (whole.length + 1)))].sort((a, b) => a - b)
  return [0, ...ends].map((start, i) => whole.subarray(start, ends[i] ?? whole.length))
}
const fail = (error: Error): Error => error

t.test('a body is the same however it is cut, as a whole and from any place to any other', async t => {
  const place = fc.nat(20_000)
  const chunks = fc.tuple(fc.uint8Array({ maxLength: 20_000 }), fc.array(place, { maxLength: 12 }), place, place)
  fc.assert(fc.property(chunks, ([data, places, a, b]) => {
    const whole = Buffer.from(data)
    const body = Body.of(...cut(whole, places))
    const [start, end] = [Math.min(a, b) % (whole.length + 1), Math.max(a, b)]
    t.equal(body.length, whole.length)
    t.ok(body.contiguous().equals(whole))
    t.ok(Buffer.concat(body.slice(start, end)).equals(whole.subarray(start, end)))
    t.ok(body.contiguous(start, end).equals(whole.subarray(start, end)))
  }), { numRuns: 200 })
})

t.test('large pieces are kept as they are, without a copy', async t => {
  const large = [Buffer.alloc(60_000, 1), Buffer.alloc(60_000, 2)]
  const body = Body.of(...large)
  t.same(body.parts.map(part => part.buffer), large.map(part => part.buffer))
  t.equal(body.contiguous(70_000, 80_000).buffer, large[1]!.buffer, 'what lies in one piece is shared too')
})

t.test('very many tiny pieces take no more memory than their bytes', async t => {
  const body = new Body()
  for (let i = 0; i < 200_000; i++) body.push(bytes(i % 256))
  t.equal(body.length, 200_000)
  t.ok(body.parts.length <= 6, `they are ${body.parts.length} pieces`)
  t.ok(body.contiguous().every((byte, i) => byte === i % 256))
})

t.test('a stream is read to its end, or refused as soon as it has more than the limit', async t => {
  const stream = (...chunks: Buffer[]): Readable => Readable.from(chunks)
  t.equal((await collect(stream(bytes(1, 2), bytes(3)), 3, fail)).length, 3)
  await t.rejects(collect(stream(bytes(1, 2), bytes(3, 4)), 3, fail), { code: 'body_too_large', message: /larger than 3 bytes/ })
  let given = 0
  const endless = new Readable({ read () { given++; this.push(Buffer.alloc(1000)) } })
  await t.rejects(collect(endless, 5000, fail), { code: 'body_too_large' })
  t.ok(given < 100, `an endless stream is not read on: ${given}`)
  endless.destroy()
})

t.test('a stream that breaks is refused with the error that is made of its own', async t => {
  const broken = new Readable({ read () { this.destroy(new Error('gone')) } })
  await t.rejects(collect(broken, 10, error => new Error(`it is ${error.message}`)), { message: 'it is gone' })
})
