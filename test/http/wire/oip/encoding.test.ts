import { Readable } from 'node:stream'
import { deflateRawSync, deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { acceptedEncoding, compress, ENCODINGS, readBody, type Encoding } from '../../../../src/http/wire/oip/encoding.ts'

const PACK = { gzip: gzipSync, deflate: deflateSync }
const UNPACK = { gzip: gunzipSync, deflate: inflateSync }
const MIB = 2 ** 20

const streamOf = (data: Buffer, size = 100): Readable =>
  Readable.from(Array.from({ length: Math.ceil(data.length / size) }, (_, i) => data.subarray(i * size, (i + 1) * size)))

async function read (data: Buffer, encoding: string | undefined, limit = MIB, size = 100): Promise<Buffer> {
  return (await readBody(streamOf(data, size), encoding, limit)).contiguous()
}

t.test('a compressed body is what was compressed, however it arrives', async t => {
  const arbitrary = fc.tuple(fc.uint8Array({ maxLength: 5000 }), fc.constantFrom(...ENCODINGS), fc.integer({ min: 1, max: 300 }))
  await fc.assert(fc.asyncProperty(arbitrary, async ([data, encoding, size]) => {
    t.ok((await read(PACK[encoding](data), encoding, MIB, size)).equals(Buffer.from(data)))
  }), { numRuns: 60 })
  for (const name of [undefined, 'identity', ' GZIP ']) {
    const sent = name === ' GZIP ' ? gzipSync('x') : Buffer.from('x')
    t.equal((await read(sent, name)).toString(), 'x', String(name))
  }
})

t.test('the limit is one of the decompressed bytes, to the byte', async t => {
  for (const encoding of ENCODINGS) {
    t.equal((await read(PACK[encoding](Buffer.alloc(MIB)), encoding, MIB)).length, MIB)
    await t.rejects(read(PACK[encoding](Buffer.alloc(MIB + 1)), encoding, MIB), { code: 'body_too_large' })
  }
})

t.test('a bomb is refused without being unpacked', async t => {
  const bomb = gzipSync(Buffer.alloc(256 * MIB))
  const before = process.memoryUsage().arrayBuffers
  await t.rejects(read(bomb, 'gzip', MIB, 65_536), { code: 'body_too_large' })
  const grown = process.memoryUsage().arrayBuffers - before
  t.ok(grown < 16 * MIB, `it took ${Math.round(grown / MIB)} MiB`)
})

t.test('compressed bytes that give nothing are bounded too', async t => {
  const nothing = deflateSync('').subarray(0, 2)
  const emptyBlock = Buffer.from([0, 0, 0, 0xff, 0xff])
  const endless = Buffer.concat([nothing, ...Array.from({ length: 20_000 }, () => emptyBlock)])
  await t.rejects(read(endless, 'deflate', 10_000), { code: 'body_too_large' })
})

t.test('what is no such compression is refused', async t => {
  const cases: ReadonlyArray<[Encoding, Buffer]> = [
    ['gzip', Buffer.from('plain')], ['gzip', gzipSync('x'.repeat(100)).subarray(0, 20)], ['gzip', deflateSync('x')],
    ['deflate', deflateRawSync('x')], ['deflate', deflateSync('x'.repeat(100)).subarray(0, -3)]
  ]
  for (const [encoding, data] of cases) {
    const message = new RegExp(`the body is not ${encoding}`)
    await t.rejects(read(data, encoding), { code: 'validation_failed', message }, data.toString('hex').slice(0, 20))
  }
  for (const encoding of ['br', 'zstd', 'gzip, gzip', 'x'.repeat(1000)]) {
    await t.rejects(read(gzipSync('x'), encoding), { code: 'unsupported_media_type', message: /gzip or deflate/ }, encoding)
  }
})

t.test('an answer is compressed as asked, never otherwise', async t => {
  for (const encoding of ENCODINGS) t.equal(UNPACK[encoding](await compress(Buffer.from('abc'), encoding)).toString(), 'abc')
  const asked: ReadonlyArray<[string | undefined, string | undefined]> = [
    [undefined, undefined], ['', undefined], ['gzip', 'gzip'], ['gzip, deflate', 'gzip'], ['deflate, gzip;q=0.5', 'deflate'], ['br', undefined],
    ['br, GZIP;q=0.1', 'gzip'], ['gzip;q=0', undefined], ['gzip; q=0.000, deflate', 'deflate'], ['*', undefined], ['identity', undefined]
  ]
  for (const [header, encoding] of asked) t.equal(acceptedEncoding(header), encoding, String(header))
})
