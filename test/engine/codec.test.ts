import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { decodeFrame, encodeFrame } from '../../src/engine/codec.ts'
import { DTYPE_NAMES, DTYPES, isHostTensor, type HostTensor } from '../../src/tensor.ts'

const tensor = fc.record({ dtype: fc.constantFrom(...DTYPE_NAMES), bytes: fc.uint8Array({ maxLength: 40 }), offset: fc.nat(2) })
  .map(({ dtype, bytes, offset }): HostTensor => {
    const { array: Values, bytes: width } = DTYPES[dtype]
    const length = Math.floor(bytes.length / width)
    const buffer = new ArrayBuffer((length + offset) * width)
    new Uint8Array(buffer).set(bytes.subarray(0, length * width), offset * width)
    return { dtype, shape: [length], data: new Values(buffer, offset * width, length) }
  })

const { value } = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.integer(), fc.boolean(), fc.constant(null)),
    tensor,
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('constructor', '__proto__', 'data')), tie('value'), { maxKeys: 4, noNullPrototype: true })
  )
}))

t.test('a batch of any JSON values, tensors, bytes, −0 and non-finite numbers comes back as it was', async () => {
  fc.assert(fc.property(fc.array(value, { maxLength: 4 }), messages => {
    deepStrictEqual(decodeFrame(encodeFrame(messages)), messages)
  }), { numRuns: 1000 })
})

t.test('a member named __proto__ stays a member and touches no prototype', async t => {
  const message = JSON.parse('{"__proto__": {"polluted": 1}}') as Record<string, Record<string, unknown>>
  const inner = Object.getOwnPropertyDescriptor(message, '__proto__')?.value as Record<string, unknown>
  inner.polluted = new Float32Array([1, 2])
  const [decoded] = decodeFrame(encodeFrame([message])) as [typeof message]
  t.equal(Object.getPrototypeOf(decoded), Object.prototype)
  t.same(Object.getOwnPropertyDescriptor(decoded, '__proto__')?.value, { polluted: new Float32Array([1, 2]) })
  t.equal(({} as Record<string, unknown>).polluted, undefined)
})

t.test('every bit pattern of a float32 survives, and its memory is aligned', async t => {
  const bits = Uint32Array.from({ length: 4096 }, (_, i) => Math.imul(i, 0x9e3779b1))
  const sent: HostTensor = { dtype: 'float32', shape: [64, 64], data: new Float32Array(bits.buffer) }
  const [received] = decodeFrame(encodeFrame([{ name: 'ü', tensor: sent }])) as [{ tensor: HostTensor }]
  t.ok(isHostTensor(received.tensor))
  t.equal(received.tensor.data.byteOffset % 8, 0)
  t.same(new Uint32Array(received.tensor.data.buffer, received.tensor.data.byteOffset, 4096), bits)
})

t.test('decoded tensors share the memory of the frame, encoded ones do not', async t => {
  const data = new Float32Array([1, 2, 3])
  const frame = encodeFrame([data])
  data[0] = 9
  const [first] = decodeFrame(frame) as [Float32Array]
  t.equal(first[0], 1)
  t.equal(first.buffer, frame.buffer)
})

t.test('members that are undefined are left out, as in JSON', async t => {
  t.same(decodeFrame(encodeFrame([{ a: undefined, b: 1 }])), [{ b: 1 }])
})

t.test('what JSON would change silently is refused, and the error says what and where', async t => {
  for (const [value, received] of [[new Map(), 'Map'], [new Date(0), 'Date'], [1n, 'a bigint'], [() => {}, 'a function'], [Symbol('s'), 'a symbol'], [new DataView(new ArrayBuffer(1)), 'DataView']] as const) {
    t.throws(() => encodeFrame([{ inputs: [value] }]), { code: 'channel_value', message: `A message between the processes cannot carry ${received} at 0.inputs.0.` })
  }
})

t.test('a frame cut anywhere, or with bytes after its end, fails loudly', async t => {
  const frame = encodeFrame([{ a: new Float32Array(5) }, 'text', NaN])
  for (let end = 0; end < frame.length; end++) {
    t.throws(() => decodeFrame(frame.slice(0, end)), { code: 'channel_frame' }, `cut at ${end}`)
  }
  t.throws(() => decodeFrame(new Uint8Array([...frame, 0])), { code: 'channel_frame' })
})

t.test('a frame whose text is damaged fails loudly', async t => {
  const damage = (at: number, byte: number): Uint8Array<ArrayBuffer> => encodeFrame([new Uint8Array(8)]).with(at, byte)
  t.throws(() => decodeFrame(damage(0, 0)), { code: 'channel_frame' }, 'mark')
  t.throws(() => decodeFrame(damage(16, 0x7d)), { code: 'channel_frame' }, 'JSON')
  t.throws(() => decodeFrame(damage(6, 1)), { code: 'channel_frame' }, 'length of the text')
})
