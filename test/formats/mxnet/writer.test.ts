import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { dictFile, readMxnet, writeMxnet, type ArrayFile, type RecordVersion } from '../../../src/formats/index.ts'
import { hostTensor, zeros, type HostTensor, type Shape } from '../../../src/tensor.ts'
import { arrayFile } from '../arbitrary.ts'
import { cases, parse, type Case, type Step } from '../fixtures.ts'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const list = (...tensors: HostTensor[]): ArrayFile => ({ kind: 'list', tensors })
const arange = (n: number): HostTensor => hostTensor('float32', [n], Float32Array.from({ length: n }, (_, i) => i))
const filled = (value: number, ...shape: number[]): HostTensor => {
  const tensor = zeros('float32', shape)
  tensor.data.fill(value as never)
  return tensor
}

const ones = filled(1, 100, 100)
const noughts = filled(0, 100, 100)
const six = Array.from({ length: 6 }, () => arange(128))

const known: ReadonlyArray<readonly [string, RecordVersion, ArrayFile, number, string]> = [
  ['six ranges', 'V0', list(...six), 3224, '91934457a3a74d219b6164e60330e6dd8682dc2b802bb1887a7c3ea5c4ffc4c9'],
  ['a matrix of ones', 'V1', list(ones), 40068, '431a2fb70a7153e2023d6f2e68aba42f8ca916fd1411475a25ce55bc2468f116'],
  ['two matrices', 'V1', list(ones, noughts), 80104, '711969815fcf5199bff7fc282250873df8a444f95458d9cba7136b100bb6324a'],
  ['two named matrices', 'V1', dictFile([['X', ones], ['Y', noughts]]), 80122, 'c4573ed89478d667d3d66ba62d644b1e22a3bb202c02e7b5cc2b066c9ffe9dc2'],
  ['three ones', 'V2', list(filled(1, 3)), 76, '7c0d83925465e75c70f3b7af2158ccfdd3b421bc45a01316fd3c383da4b84da6'],
  ['x and y', 'V2', dictFile([['x', filled(1, 3)], ['y', filled(0, 4)]]), 142, 'fce457248541932faff871b5e4b97a5d9827d4902e953035f0bf2a24406653eb'],
  ['the x-file of the chapter', 'V3', list(arange(4)), 80, 'ec5494d27323aafc9f31d2f61ae80091b02d913d61e2869aaafae99945540476'],
  ['the x-files of the chapter', 'V3', list(arange(4), filled(0, 4)), 128, '3e8fa49392160e2b8f06590007e99ceb77801b97ff7a36bd89f4ab863859b043'],
  ['the mydict of the chapter', 'V3', dictFile([['x', arange(4)], ['y', filled(0, 4)]]), 146, 'a905c73ceac21ee648b2ef95356c0c6c8c9359e0db7aac0b5c7b187aa6ce6f8a']
]

for (const [what, version, file, bytes, digest] of known) {
  t.test(`${what} in version ${version} are the bytes that MXNet wrote, and read back the same`, async t => {
    const written = writeMxnet(file, { version })
    t.equal(written.byteLength, bytes)
    t.equal(sha256(written), digest)
    t.same(readMxnet(written), file)
  })
}

t.test('version 3 is written unless another is asked for', async t => {
  t.same(writeMxnet(list(arange(4))), writeMxnet(list(arange(4)), { version: 'V3' }))
})

/** The save steps of a case whose arrays are all literals, each with its file, version and digest. */
function literalSaves ({ program, mode }: Case, classic: boolean): Array<{ file: ArrayFile, version: RecordVersion, step: Step }> {
  const literals = new Map<string, HostTensor>()
  const saves = []
  let version: RecordVersion = classic || mode === 'nd' ? 'V2' : 'V3'
  for (const step of program) {
    if (step.op === 'tensor') literals.set(step.out, parse(step))
    if (step.op === 'np_mode') version = (step as unknown as { value: boolean }).value ? 'V3' : 'V2'
    const file = step.op === 'save' && step.expect?.file !== undefined ? literalFile(step, literals) : undefined
    if (file !== undefined) saves.push({ file, version, step })
  }
  return saves
}

function literalFile ({ data }: Step, literals: ReadonlyMap<string, HostTensor>): ArrayFile | undefined {
  const named = typeof data !== 'string' && !Array.isArray(data)
  const tensors = (typeof data === 'string' ? [data] : Object.values(data)).map((name: string) => literals.get(name))
  if (!tensors.every(tensor => tensor !== undefined)) return undefined
  return named ? { kind: 'dict', names: Object.keys(data), tensors } : { kind: 'list', tensors }
}

for (const [source, classic, expected] of [['files.json', false, 14], ['files_nd.json', true, 5]] as const) {
  t.test(`every array file of ${source} that is made of literals is written byte for byte`, async t => {
    const saves = cases(source).flatMap(each => literalSaves(each, classic).map(save => ({ id: each.id, ...save })))
    t.equal(saves.length, expected, 'the number of such files')
    for (const { id, file, version, step } of saves) {
      t.same({ bytes: writeMxnet(file, { version }).byteLength, sha256: sha256(writeMxnet(file, { version })) }, step.expect?.file, id)
    }
  })
}

t.test('whatever is written is read back: every dtype, shape and name', async t => {
  fc.assert(fc.property(arrayFile, file => {
    t.strictSame(readMxnet(writeMxnet(file)), file)
  }), { numRuns: 300 })
})

t.test('versions 0 to 2 read back too, but for scalars, which are refused', async t => {
  fc.assert(fc.property(arrayFile, fc.constantFrom('V0', 'V1', 'V2'), (file, version) => {
    const write = (): Uint8Array => writeMxnet(file, { version: version as RecordVersion })
    if (file.tensors.some(({ shape }) => shape.length === 0)) t.throws(write, { code: 'unwritable_file', message: /scalar/ })
    else t.strictSame(readMxnet(write()), file)
  }), { numRuns: 150 })
})

t.test('an empty dict is written as an empty list, which the format cannot tell apart', async t => {
  t.same(readMxnet(writeMxnet(dictFile([]))), { kind: 'list', tensors: [] })
})

t.test('a tensor that is a part of a larger buffer is written alone', async t => {
  const part = hostTensor('float32', [2], new Float32Array([9, 1, 2, 9]).subarray(1, 3))
  t.same(readMxnet(writeMxnet(list(part))).tensors[0]?.data, new Float32Array([1, 2]))
})

const misshapen = (shape: Shape, values: number): ArrayFile => list(hostTensor('float32', shape, new Float32Array(values)))

const refused: ReadonlyArray<readonly [string, ArrayFile, RecordVersion, RegExp]> = [
  ['more than six dimensions', misshapen([1, 1, 1, 1, 1, 1, 1], 1), 'V3', /rank 7, expected at most 6/],
  ['an unknown dimension', misshapen([-1, 2], 2), 'V3', /shape \(-1, 2\)/],
  ['fewer values than the shape asks for', misshapen([2, 2], 3), 'V3', /shape \(2, 2\) has 3 values, expected 4/],
  ['a dimension beyond 32 bits in version 0', misshapen([2 ** 32, 0], 0), 'V0', /expected dimensions from 0 to 4294967295/],
  ['half a surrogate pair in a name', dictFile([['\ud800', arange(1)]]), 'V3', /the name "\\ud800" is not valid Unicode/],
  ['a name too few', { kind: 'dict', names: ['x'], tensors: [arange(1), arange(2)] }, 'V3', /there are 1 names for 2 arrays/],
  ['too many arrays', { kind: 'list', tensors: new Array<HostTensor>(100_001).fill(arange(1)) }, 'V3', /100001 arrays, expected at most 100000/]
]

for (const [what, file, version, message] of refused) {
  t.test(`${what} cannot be written`, async t => {
    t.throws(() => writeMxnet(file, { version }), { code: 'unwritable_file', message })
  })
}
