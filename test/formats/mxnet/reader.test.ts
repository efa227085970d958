import t from 'tap'
import { namedTensors, readMxnet, writeMxnet, type ArrayFile, type DictFile } from '../../../src/formats/index.ts'
import type { HostTensor } from '../../../src/tensor.ts'
import { binFile, cases, halfValue, paramsFiles, parse, type Case, type Printed } from '../fixtures.ts'

const SPARSE = ['csr.params', 'mixed_stypes.params', 'row_sparse.params']

t.test('every dense file of MXNet is written again byte for byte', async t => {
  const dense = paramsFiles().filter(name => !SPARSE.includes(name))
  t.equal(dense.length, 31)
  for (const name of dense) {
    const bytes = binFile(name)
    const version = bytes[24] === 0xc9 ? 'V2' : 'V3'
    t.strictSame(writeMxnet(readMxnet(bytes), { version }), new Uint8Array(bytes), name)
  }
})

/** What a load step that follows a kept file expects to find in it. */
function loads ({ program }: Case): Array<{ keep: string, expected: ArrayFile }> {
  const kept = new Map(program.filter(step => step.keep !== undefined).map(step => [step.file, step.keep ?? '']))
  return program.filter(step => step.op === 'load' && kept.has(step.file)).map(step => {
    const { list, dict } = step.expect ?? {}
    const tensors = (list ?? Object.values(dict ?? {})).map(parse)
    const expected: ArrayFile = list === undefined ? { kind: 'dict', names: Object.keys(dict ?? {}), tensors } : { kind: 'list', tensors }
    return { keep: kept.get(step.file) ?? '', expected }
  })
}

for (const [source, expected] of [['files.json', 20], ['files_nd.json', 6]] as const) {
  t.test(`the files of ${source} hold what MXNet loads from them, sparse arrays as dense ones`, async t => {
    const all = cases(source).flatMap(loads)
    t.equal(all.length, expected, 'the number of such files')
    for (const { keep, expected } of all) t.strictSame(readMxnet(binFile(keep)), expected, keep)
  })
}

const only = (name: string): HostTensor => {
  const [tensor] = readMxnet(binFile(name)).tensors
  if (tensor === undefined) throw new Error(`${name} is empty`)
  return tensor
}

t.test('float16 is kept as its bits', async t => {
  const { dtype, data } = only('arr_float16.params')
  t.equal(dtype, 'float16')
  t.same(data, new Uint16Array([0x3c00, 0xb800, 0x7bff]))
  t.same(Array.from(data as Uint16Array, halfValue), [1, -0.5, 65504])
})

t.test('int64 is read beyond what a number holds', async t => {
  const edges = new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n])
  const file: ArrayFile = { kind: 'list', tensors: [{ dtype: 'int64', shape: [3], data: edges }] }
  t.strictSame(readMxnet(writeMxnet(file)), file)
})

t.test('NaN, infinities, negative zero and subnormals keep their bits', async t => {
  const bits = new Uint32Array([0x7fc00001, 0xffc00000, 0x7f800000, 0x80000000, 1])
  const data = new Float32Array(bits.buffer)
  const [read] = readMxnet(writeMxnet({ kind: 'list', tensors: [{ dtype: 'float32', shape: [5], data }] })).tensors
  t.same(new Uint32Array(read?.data.buffer ?? bits.buffer, read?.data.byteOffset, 5), bits)
})

t.test('the values share memory with the file where they are aligned, and are copied where not', async t => {
  const bytes = binFile('arr_float32.params')
  t.equal(readMxnet(bytes).tensors[0]?.data.buffer, bytes.buffer)
  for (let shift = 1; shift < 8; shift++) {
    const moved = new Uint8Array(bytes.length + shift)
    moved.set(bytes, shift)
    const { data } = readMxnet(moved.subarray(shift)).tensors[0] ?? only('arr_float32.params')
    t.same(Array.from(data as Float32Array), [1.5, -2, 0, 3.25])
    t.equal(data.buffer === moved.buffer, shift === 4)
  }
})

t.test('a Buffer whose bytes are not aligned is read like any other', async t => {
  const bytes = binFile('list.params')
  const buffer = Buffer.concat([Buffer.from([0]), bytes]).subarray(1)
  t.strictSame(readMxnet(buffer), readMxnet(bytes))
})

t.test('shared memory is read by copying it', async t => {
  const bytes = binFile('list.params')
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length))
  shared.set(bytes)
  t.strictSame(readMxnet(shared), readMxnet(bytes))
})

t.test('bytes after the end, the reserved word and the device are ignored', async t => {
  const bytes = binFile('dict.params')
  const longer = new Uint8Array(bytes.length + 5).fill(7)
  longer.set(bytes)
  longer.fill(9, 8, 16)
  const device = 24 + 4 + 4 + 4 + 8
  longer[device] = 2
  longer[device + 4] = 3
  t.strictSame(readMxnet(longer), readMxnet(bytes))
})

t.test('of two arrays of one name the last one counts, in the place of the first', async t => {
  const value = (x: number): HostTensor => parse({ shape: [1], dtype: 'int32', values: [x] } satisfies Printed)
  const file: ArrayFile = { kind: 'dict', names: ['a', 'b', 'a'], tensors: [value(1), value(2), value(3)] }
  const read = readMxnet(writeMxnet(file)) as DictFile
  t.strictSame([...namedTensors(read)], [['a', value(3)], ['b', value(2)]])
})
