import t from 'tap'
import { readArrayFile, sniff, stripPrefixes, type ArrayFile, type FileKind } from '../../src/formats/index.ts'
import { zeros } from '../../src/tensor.ts'
import { binFile } from './fixtures.ts'

const text = (content: string): Uint8Array => Buffer.from(content, 'utf8')
const bytes = (content: string): Uint8Array => Buffer.from(content, 'latin1')

/** The start of a ZIP archive whose first member has this name. */
function zip (name: string): Uint8Array {
  const header = Buffer.alloc(30)
  header.write('PK\x03\x04', 'latin1')
  header.writeUInt16LE(name.length, 26)
  return Buffer.concat([header, Buffer.from(name), Buffer.alloc(40)])
}

function safetensors (header: string): Uint8Array {
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, Buffer.from(header)])
}

const files: ReadonlyArray<readonly [string, FileKind, Uint8Array, RegExp]> = [
  ['an archive of .npy members', 'npz', zip('0.weight.npy'), /NumPy \.npz archive \(MXNet 2\.x/],
  ['an empty archive', 'npz', bytes('PK\x05\x06' + '\0'.repeat(18)), /NumPy \.npz archive/],
  ['one NumPy array', 'npy', bytes('\x93NUMPY\x01\0v\0'), /NumPy \.npy file, which is not supported/],
  ['safetensors', 'safetensors', safetensors('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'), /safetensors file, which is not supported/],
  ['a PyTorch archive', 'pytorch', zip('mlp/data.pkl'), /PyTorch file, which is not supported; to convert it.*torch\.load/],
  ['a PyTorch archive of the newer layout', 'pytorch', zip('archive/.format_version'), /PyTorch file/],
  ['an old PyTorch pickle', 'pytorch', bytes('\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.'), /PyTorch file/],
  ['the JSON of a symbol', 'json', binFile('mlp-symbol.json'), /JSON text.*\.params file beside it/],
  ['JSON after a byte order mark and blanks', 'json', text('\uFEFF \n[1, 2]'), /JSON text/],
  ['an error page', 'html', text('\n<!DOCTYPE html><title>404</title>'), /HTML or XML page/],
  ['nothing', 'empty', text(''), /it is empty/],
  ['another archive', 'unknown', zip('word/document.xml'), /format is unknown \(it has 87 bytes and starts with 50 4b 03 04/],
  ['prose', 'unknown', text('hello'), /it has 5 bytes and starts with 68 65 6c 6c 6f\)/],
  ['half of the list magic', 'unknown', binFile('list.params').subarray(0, 7), /format is unknown/]
]

for (const [what, kind, file, message] of files) {
  t.test(`${what} is told apart as ${kind} and refused with a helpful reason`, async t => {
    t.equal(sniff(file), kind)
    t.throws(() => readArrayFile(file), { code: 'invalid_file', message })
  })
}

t.test('a file of MXNet is told by its magic and read', async t => {
  const file = binFile('mlp_5_5.params')
  t.equal(sniff(file), 'mxnet')
  t.equal(sniff(file.subarray(0, 8)), 'mxnet', 'the magic is enough')
  const read = readArrayFile(file)
  t.same(read.kind === 'dict' ? read.names : [], ['hidden.weight', 'hidden.bias', 'output.weight', 'output.bias'])
  t.same(read.tensors.map(tensor => tensor.shape), [[256, 20], [256], [10, 256], [10]])
})

t.test('a length that is too large for safetensors, or not followed by a brace, is unknown', async t => {
  t.equal(sniff(bytes('\0\xe1\xf5\x06\0\0\0\0{')), 'unknown')
  t.equal(sniff(bytes('\0\xe1\xf5\x05\0\0\0\0{')), 'safetensors')
  t.equal(sniff(bytes('\x10\0\0\0\0\0\0\0[')), 'unknown')
})

t.test('the prefixes of an exported model are taken off, once, and only at the start', async t => {
  const read = readArrayFile(binFile('conv-0000.params'))
  t.ok(read.kind === 'dict' && read.names.every(name => /^(arg|aux):/.test(name)))
  const plain = stripPrefixes(read)
  t.ok(plain.kind === 'dict' && plain.names.includes('batchnorm0_running_mean'), 'aux: is off')
  t.ok(plain.kind === 'dict' && !plain.names.some(name => name.includes(':')), 'arg: is off')
  t.equal(plain.tensors, read.tensors)
  const tensors = [zeros('float32', [1]), zeros('float32', [1]), zeros('float32', [1])]
  const odd: ArrayFile = { kind: 'dict', names: ['arg:aux:x', 'my.arg:x', 'Arg:x'], tensors }
  t.same(stripPrefixes(odd), { ...odd, names: ['aux:x', 'my.arg:x', 'Arg:x'] })
})

t.test('a list has no names to take prefixes off', async t => {
  const list: ArrayFile = { kind: 'list', tensors: [zeros('int8', [2])] }
  t.equal(stripPrefixes(list), list)
})
