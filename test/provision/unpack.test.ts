import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ofCuda, ofTensorFlow } from '../../src/provision/members.ts'
import { unpack, type Select } from '../../src/provision/unpack.ts'
import { zipOf, type Member } from './zip-writer.ts'

const { signal } = new AbortController()
const all: Select = name => name

/** A wheel of the members in a folder of the test, and the folder to unpack into. */
function wheelOf (t: Test, members: readonly Member[] | Buffer): { wheel: string, into: string } {
  const folder = t.testdir({ into: {} })
  const wheel = join(folder, 'package-1.0-py3-none-any.whl')
  writeFileSync(wheel, Buffer.isBuffer(members) ? members : zipOf(members as readonly Member[]))
  return { wheel, into: join(folder, 'into') }
}

t.test('members that are wanted are written where they are wanted, the others are not', async t => {
  const { wheel, into } = wheelOf(t, [
    { name: 'a/', data: '' }, { name: 'a/first', data: 'one' }, { name: 'b', data: 'two', stored: true }, { name: 'c', data: 'three' }
  ])
  let told = 0
  const select: Select = name => name === 'c' ? undefined : `under/${name}`
  const unpacked = await unpack(wheel, into, select, { signal, onBytes: done => { told = done } })
  t.same(unpacked, { members: ['under/a/first', 'under/b'], bytes: 6 })
  t.equal(told, 6)
  t.equal(readFileSync(join(into, 'under/a/first'), 'utf8'), 'one')
  t.equal(readFileSync(join(into, 'under/b'), 'utf8'), 'two')
  t.notOk(statSync(join(into, 'under/c'), { throwIfNoEntry: false }))
})

t.test('what could be executed can be executed, and nothing else', async t => {
  const { wheel, into } = wheelOf(t, [{ name: 'ptxas', data: '', mode: 0o755 }, { name: 'library', data: '', mode: 0o666 }])
  await unpack(wheel, into, all, { signal })
  t.equal(statSync(join(into, 'ptxas')).mode & 0o111, 0o111)
  t.equal(statSync(join(into, 'library')).mode & 0o111, 0)
})

t.test('large members pass through whole', async t => {
  const data = Buffer.alloc(3_000_000, 'TensorFlow ')
  const { wheel, into } = wheelOf(t, [{ name: 'large', data }])
  await unpack(wheel, into, all, { signal })
  t.ok(readFileSync(join(into, 'large')).equals(data))
})

for (const name of ['../escaped', 'a/../../escaped', '/escaped']) {
  t.test(`an archive with the member ${name} is refused, and nothing is written outside`, async t => {
    const { wheel, into } = wheelOf(t, [{ name, data: 'evil' }])
    await t.rejects(unpack(wheel, into, all, { signal }), { code: 'native_wheel_unreadable', message: /escaped/ })
    t.notOk(statSync(join(into, '..', 'escaped'), { throwIfNoEntry: false }))
  })
}

t.test('a destination outside of the folder is refused too', async t => {
  const { wheel, into } = wheelOf(t, [{ name: 'harmless', data: 'evil' }])
  await t.rejects(unpack(wheel, into, () => '../escaped', { signal }), { code: 'native_wheel_unreadable', message: /outside/ })
  t.notOk(statSync(join(into, '..', 'escaped'), { throwIfNoEntry: false }))
})

t.test('a member whose bytes are not those recorded is refused', async t => {
  const { wheel, into } = wheelOf(t, [{ name: 'library', data: 'bytes', crc: 1 }])
  await t.rejects(unpack(wheel, into, all, { signal }), { code: 'native_wheel_unreadable', message: /library is damaged/ })
})

t.test('what is no archive, or only the first half of one, is refused', async t => {
  const whole = zipOf([{ name: 'library', data: 'x'.repeat(1000), stored: true }])
  for (const bytes of [Buffer.from('<html>Not found</html>'), whole.subarray(0, whole.length / 2), Buffer.alloc(0)]) {
    const { wheel, into } = wheelOf(t, bytes)
    await t.rejects(unpack(wheel, into, all, { signal }), { code: 'native_wheel_unreadable', remedy: /download it again/ })
  }
})

t.test('an unpacking can be stopped', async t => {
  const { wheel, into } = wheelOf(t, [{ name: 'library', data: Buffer.alloc(1_000_000) }])
  await t.rejects(unpack(wheel, into, all, { signal: AbortSignal.abort() }), { name: 'AbortError' })
})

t.test('of TensorFlow only its libraries, the headers of the C interface and licences are taken', async t => {
  const taken = [
    'tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2', 'tensorflow/include/tensorflow/c/c_api.h',
    'tensorflow/include/xla/tsl/c/tsl_status.h', 'tensorflow/include/tsl/platform/ctstring_internal.h'
  ]
  for (const name of taken) t.equal(ofTensorFlow(name), name)
  const left = ['tensorflow/python/_pywrap_tensorflow_internal.so', 'tensorflow/include/tensorflow/core/framework/op.h', 'tensorflow/c/c_api.cc', 'libtensorflow_cc.so.2']
  for (const name of left) t.equal(ofTensorFlow(name), undefined, name)
  t.equal(ofTensorFlow('tensorflow_cpu-2.20.0.dist-info/METADATA'), 'metadata/METADATA')
  t.equal(ofTensorFlow('tensorflow/include/LICENSE'), 'licences/tensorflow/LICENSE')
  t.equal(ofTensorFlow('tensorflow/include/external/ruy/LICENSE'), undefined)
  t.equal(ofTensorFlow('tensorflow_cpu-2.20.0.dist-info/licenses/LICENSE'), 'licences/tensorflow_cpu-2.20.0/LICENSE')
})

t.test('of a CUDA library what runs is taken, and its licence, but nothing for developers', async t => {
  const taken = ['nvidia/cublas/lib/libcublasLt.so.12', 'nvidia/cuda_nvcc/bin/ptxas', 'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc']
  for (const name of taken) t.equal(ofCuda(name), name)
  for (const name of ['nvidia/cublas/include/cublas.h', 'nvidia/__init__.py', 'nvidia/cudnn/lib/libcudnn_static.a', 'other/lib/x.so']) {
    t.equal(ofCuda(name), undefined, name)
  }
  t.equal(ofCuda('nvidia_cublas_cu12-12.9.dist-info/License.txt'), 'licences/nvidia_cublas_cu12-12.9/License.txt')
  t.equal(ofCuda('nvidia_cublas_cu12-12.9.dist-info/METADATA'), undefined)
})
