import fc from 'fast-check'
import t from 'tap'
import { BlockserveError } from '../../../src/errors.ts'
import { readArrayFile, readMxnet, writeMxnet } from '../../../src/formats/index.ts'
import { zeros } from '../../../src/tensor.ts'
import { processorMs } from '../../processor-time.ts'
import { arrayFile } from '../arbitrary.ts'
import { binFile } from '../fixtures.ts'

const SOME = ['unicode.params', 'csr.params', 'row_sparse.params', 'mixed_stypes.params', 'list.params', 'nd_dict.params', 'scalar_empty.params']

// A slow read is measured again, since the collector or the compiler can join any of them.
function attempt (bytes: Uint8Array): number {
  let fastest = Infinity
  for (let turn = 0; turn < 3 && fastest >= 50; turn++) fastest = Math.min(fastest, processorMs(() => { readOrRefuse(bytes) }))
  return fastest
}

function readOrRefuse (bytes: Uint8Array): void {
  try {
    readArrayFile(bytes)
  } catch (error) {
    if (!(error instanceof BlockserveError) || error.code !== 'invalid_file') throw error
  }
}

t.test('a file cut at any byte is refused', async t => {
  for (const name of SOME) {
    const bytes = binFile(name)
    for (let length = 0; length < bytes.length; length++) {
      t.throws(() => readArrayFile(bytes.subarray(0, length)), { code: 'invalid_file' }, `${name} cut at ${length}`)
    }
  }
})

t.test('a cut tells the byte, what was expected there and how much is left', async t => {
  t.throws(() => readMxnet(binFile('arr_float32.params').subarray(0, 60)), {
    message: 'The file is not readable: array 0 of 1, at byte 56: expected 16 bytes of float32 values of shape (4,), 4 are left.'
  })
})

t.test('every single byte set to hostile values gives a value or invalid_file, soon', async t => {
  let slowest = 0
  for (const name of SOME) {
    const bytes = binFile(name)
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0, 1, 0x7f, 0x80, 0xff]) slowest = Math.max(slowest, attempt(patched(bytes, at, [value])))
    }
  }
  t.ok(slowest < 50, `the slowest took ${slowest} ms`)
})

t.test('random flips in random files give a value or invalid_file, soon', async t => {
  const flips = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })
  let slowest = 0
  fc.assert(fc.property(arrayFile, flips, fc.constantFrom('', ...SOME), (file, flipped, name) => {
    const bytes = name === '' ? writeMxnet(file) : binFile(name)
    for (const [at, value] of flipped) bytes[at % bytes.length] = value
    slowest = Math.max(slowest, attempt(bytes))
  }), { numRuns: 3000 })
  t.ok(slowest < 50, `the slowest took ${slowest} ms`)
})

function patched (bytes: Uint8Array, at: number, values: readonly number[]): Uint8Array {
  const copy = bytes.slice()
  copy.set(values, at)
  return copy
}

/** The same bytes with those from `start` to `end` replaced. */
function spliced (bytes: Uint8Array, start: number, end: number, values: readonly number[]): Uint8Array {
  return new Uint8Array([...bytes.subarray(0, start), ...values, ...bytes.subarray(end)])
}

const u64 = (value: bigint): number[] => [...new Uint8Array(BigInt64Array.of(value).buffer)]
const i32 = (value: number): number[] => [...new Uint8Array(Int32Array.of(value).buffer)]
const dense = binFile('arr_float32.params')
const csr = binFile('csr.params')
const rows = binFile('row_sparse.params')
const classic = binFile('nd_small.params')
const shapeOf = (...dims: bigint[]): number[] => [...i32(dims.length), ...dims.flatMap(u64)]

const hostile: ReadonlyArray<readonly [string, Uint8Array, RegExp]> = [
  ['2^60 arrays', patched(dense, 16, u64(2n ** 60n)), /claims 115292150460684\d+ arrays, at most 2 are possible/],
  ['a negative count of arrays', patched(dense, 16, u64(-1n)), /claims 18446744073709552000 arrays/],
  ['another list magic', patched(dense, 0, u64(0x113n)), /starts with 0x113, expected 0x112/],
  ['a rank of 2^31 - 1', patched(dense, 32, i32(2 ** 31 - 1)), /array 0 of 1, at byte 36: the rank is 2147483647, expected 0 to 6/],
  ['a rank of -2', patched(dense, 32, i32(-2)), /the rank is -2/],
  ['a rank of 7', patched(dense, 32, i32(7)), /the rank is 7/],
  ['a rank of 2^31 in version 1', patched(dense, 24, [0xc8, 0xfa, 0x93, 0xf9, ...i32(-(2 ** 31))]), /the rank is 2147483648/],
  ['a negative dimension', patched(dense, 36, u64(-5n)), /a dimension is -5/],
  ['a dimension of 2^62', patched(dense, 36, u64(2n ** 62n)), /a dimension is 4611686018427388000/],
  ['a dimension of 2^53 - 1', patched(dense, 36, u64(2n ** 53n - 1n)), /expected 36028797018963964 bytes of float32 values/],
  ['dimensions whose product is 2^64', spliced(dense, 32, 44, shapeOf(2n ** 32n, 2n ** 32n)), /expected 7378697629483\d+ bytes of float32/],
  ['dimensions whose product is 2^300', spliced(dense, 32, 44, shapeOf(...new Array<bigint>(6).fill(2n ** 50n))), /expected 8\.\d+e\+90 bytes of float32/],
  ['no value, by its rank', patched(dense, 32, i32(-1)), /has no value/],
  ['no value, by a dimension', patched(dense, 36, u64(-1n)), /has no value/],
  ['no value, in a classic record', patched(classic, 32, i32(0)), /has no value/],
  ['an unknown record', patched(dense, 24, [0xc7]), /a record starts with 0xf993fac7/],
  ['sparse storage in version 3', patched(dense, 28, i32(1)), /storage type is 1, expected 0 \(dense\) in a record of version 3/],
  ['an unknown storage type', patched(classic, 28, i32(3)), /storage type is 3/],
  ['a type flag MXNet does not have', patched(dense, 52, i32(99)), /the type flag 99 is unknown, expected one of float32/],
  ['bfloat16', patched(dense, 52, i32(12)), /arrays of bfloat16 \(type flag 12\) are not supported/],
  ['a bool that is neither 0 nor 1', patched(binFile('arr_bool.params'), 56, [2]), /a bool value is 2/],
  ['names for some of the arrays', patched(binFile('unicode.params'), 144, u64(2n)), /there are 2 names, expected 0 or 3/],
  ['a name of 2^60 bytes', patched(binFile('unicode.params'), 152, u64(2n ** 60n)), /name 0 of 3, at byte 160: expected 115292150460684\d+ bytes of a name/],
  ['a name that is not UTF-8', patched(binFile('unicode.params'), 161, [0xff]), /not valid UTF-8/],
  ['a row index past the end', patched(rows, 124, u64(5n)), /a row index is 5, expected 0 to 4/],
  ['a negative row index', patched(rows, 124, u64(-1n)), /a row index is -1/],
  ['a sparse array that would be huge', patched(rows, 56, u64(2n ** 40n)), /would take 8796093022208 bytes as dense ones, expected at most 16777216/],
  ['indices that are not integers', patched(rows, 84, i32(0)), /the indices are float32, expected int64 or int32/],
  ['indices of two dimensions', spliced(rows, 88, 100, shapeOf(2n, 1n)), /the indices have shape \(2, 1\), expected one dimension/],
  ['fewer stored rows than indices', patched(rows, 36, u64(1n)), /the stored values have shape \(1, 2\), expected \(2, 2\)/],
  ['a column index past the end', patched(csr, 168, u64(4n)), /a column index is 4, expected 0 to 3/],
  ['row starts that fall', patched(csr, 128, u64(3n)), /a row starts at value 2, expected 3 to 3/],
  ['row starts past the values', patched(csr, 144, u64(9n)), /a row starts at value 9, expected 2 to 3/],
  ['fewer stored values than columns', patched(csr, 36, u64(2n)), /the stored values have shape \(2,\), expected \(3,\)/],
  ['a csr array of one dimension', spliced(csr, 44, 64, shapeOf(3n)), /csr array has shape \(3,\), expected two dimensions/],
  ['a sparse array without a value', spliced(csr, 44, 64, shapeOf()), /has no value/],
  ['a first row that starts late', patched(csr, 120, u64(1n)), /the rows span the values 1 to 3, expected 0 to 3/],
  ['values but no row starts', spliced(spliced(csr, 120, 152, []), 84, 92, u64(0n)), /there are 0 row starts, expected 4/],
  ['rows that leave values out', patched(csr, 144, u64(2n)), /the rows span the values 0 to 2, expected 0 to 3/],
  ['a csr array of too many rows', patched(csr, 48, u64(7n)), /there are 4 row starts, expected 8/]
]

for (const [what, bytes, message] of hostile) {
  t.test(`a file with ${what} is refused with a reason`, async t => {
    t.throws(() => readMxnet(bytes), { code: 'invalid_file', message })
  })
}

t.test('many small sparse arrays share one bound on what they may take as dense ones', async t => {
  const [head, record] = [rows.slice(0, 24), patched(rows, 56, u64(1000n)).slice(24, 132)]
  const file = Buffer.concat([head, ...new Array<Uint8Array>(10).fill(record), Buffer.alloc(8)])
  file[16] = 10
  t.equal(readMxnet(file, { maxDenseBytes: 80_000 }).tensors.length, 10)
  t.throws(() => readMxnet(file, { maxDenseBytes: 79_999 }), { code: 'invalid_file', message: /array 9 of 10.*would take 80000 bytes/ })
})

t.test('a csr array without values may come without row starts', async t => {
  const empty = [...csr.subarray(0, 36), ...u64(0n), ...csr.subarray(44, 84), ...u64(0n), ...csr.subarray(92, 100), ...u64(0n), ...u64(0n)]
  t.strictSame(readMxnet(new Uint8Array(empty)), { kind: 'list', tensors: [zeros('float32', [3, 4])] })
})

t.test('more arrays than a file may have are refused before one is read', async t => {
  const empty = writeMxnet({ kind: 'list', tensors: [zeros('float32', [0])] }, { version: 'V0' }).slice(24, 44)
  const bytes = new Uint8Array(24 + 20 * 200_000 + 8)
  bytes.set([0x12, 1])
  bytes.set(u64(200_000n), 16)
  for (let at = 24; at + 20 <= bytes.length; at += 20) bytes.set(empty, at)
  t.throws(() => readMxnet(bytes), { code: 'invalid_file', message: /claims 200000 arrays, at most 100000/ })
})
